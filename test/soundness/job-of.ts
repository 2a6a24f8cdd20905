import type { Path } from './memory-store.ts';
import { KEYS, type Scene } from './scene.ts';

export const MISFITS = [
  'path-case',
  'path-missing',
  'path-of-second-key',
  'encoding',
  'context-wrong',
  'context-missing',
  'context-unbuildable',
  'label-is-payload',
  'label-is-tenant',
  'label-forgotten',
  'source-key',
  'filter',
  'segments',
  'prefix',
  'verify-off',
  'sample',
  'ignores-everything-else',
] as const;

type Misfit = (typeof MISFITS)[number];

/** A job for a scene, as a person would write it: it fits the scene except for the named misfits. */
export interface SceneJob {
  readonly mode: 'migrate' | 'verify' | 'census';
  readonly misfits: readonly Misfit[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly sample?: number;
}

const text = (path: Path): string =>
  path.reduce<string>(
    (so, step) => (typeof step === 'number' ? `${so}[${step}]` : so === '' ? step : `${so}.${step}`),
    '',
  );

export function jobOf({ application, random }: Scene): SceneJob {
  const misfits = random.chance(0.4)
    ? []
    : [random.pick(MISFITS), ...(random.chance(0.3) ? [random.pick(MISFITS)] : [])];
  const has = (misfit: Misfit): boolean => misfits.includes(misfit);
  const { kind } = application;
  const expected = kind === 'object' && random.chance(0.3);
  const place = kind === 'item' ? { type: 'dynamodb', table: 'Orders' } : { type: 's3', bucket: 'documents' };
  const store = {
    ...place,
    format: formatOf({ application }, has, random.chance(0.2)),
    ...(has('ignores-everything-else') && { ignore: ['*'] }),
    ...(expected && { withoutDataKey: 'expected' }),
    ...scopeOf(kind, has),
  };
  return {
    mode: random.pick(['migrate', 'migrate', 'migrate', 'verify', 'census']),
    misfits,
    ...(has('sample') && { sample: 2 }),
    input: {
      name: 'orders',
      source: { keys: [has('source-key') ? KEYS.other : KEYS.old] },
      destination: { key: KEYS.new },
      stores: [store],
      verify: has('verify-off') ? 'off' : 'full',
    },
  };
}

type Has = (misfit: Misfit) => boolean;

/** The context that some jobs move data keys to, and that readers try as well. */
export const MOVED_CONTEXT = { app: 'shop', v: '2' } as const;

function formatOf({ application }: Pick<Scene, 'application'>, has: Has, movesContext: boolean): object {
  const { kind, place, form, label } = application;
  const dataKey = has('path-case')
    ? text([...place.slice(0, -1), kind === 'item' ? 'EDK' : 'ed-k'])
    : has('path-missing')
      ? 'nothing'
      : has('path-of-second-key')
        ? 'backup'
        : text(place);
  const keyArn = has('label-is-payload')
    ? 'payload'
    : has('label-is-tenant')
      ? 'tenant'
      : label === undefined || has('label-forgotten')
        ? undefined
        : text(label);
  return {
    type: kind === 'item' ? 'attribute' : 'object-metadata',
    dataKey,
    encoding: has('encoding') ? (form.encoding === 'hex' ? 'base64' : 'hex') : form.encoding,
    ...(keyArn !== undefined && { keyArn }),
    encryptionContext: contextFor({ application }, has),
    ...(movesContext && { destinationEncryptionContext: MOVED_CONTEXT }),
  };
}

function contextFor({ application: { kind, contexts } }: Pick<Scene, 'application'>, has: Has): unknown {
  const place = (name: string): object => (kind === 'item' ? { attribute: name } : { metadata: name });
  if (has('context-wrong')) return { app: 'nobody' };
  if (has('context-missing')) return contexts === 'none' ? { app: 'x' } : {};
  if (has('context-unbuildable')) return { who: place('nowhere') };
  switch (contexts) {
    case 'none':
      return {};
    case 'constant':
      return { app: 'shop' };
    case 'attribute':
      return { tenant: place('tenant') };
    case 'label':
      return { kms: place('kid'), app: 'shop' };
    case 'two':
      return [{ app: 'shop' }, {}];
  }
}

function scopeOf(kind: 'item' | 'object', has: Has): object {
  if (kind === 'object') return has('prefix') ? { prefix: '/2026/' } : {};
  if (has('filter')) return { scope: { filter: { expression: 'attribute_exists(backup)' } } };
  if (has('segments')) return { scope: { segments: { total: 2, only: [0] } } };
  return {};
}
