import { ENCODED, TEXTS } from './forms.ts';
import type { SceneJob } from './job-of.ts';
import type { ChecksFirst, Context } from './kms.ts';
import { at, type Path, type Row } from './memory-store.ts';
import { KEYS, type Scene, type Slot } from './scene.ts';

/** What the rule "doubt counts" says about a scene and its job. It is derived from the truth, without any product code. */
export interface Expected {
  readonly exitCode: number;
  /** The run as a whole. */
  readonly run: 'proven' | 'empty' | 'not-proven' | 'nothing-to-do' | 'counted';
  readonly verdict: 'proven' | 'empty' | 'not-proven';
  readonly doubts: readonly string[];
  readonly figures: string;
  /** What retire-check advises about the old key, a day later. */
  readonly advice: 'keep' | 'wait' | 'disable';
}

type Fate = 'none' | 'proven' | 'left' | 'foreign' | 'doubt';

interface ReadJob {
  readonly path: Path;
  readonly encoding: string;
  readonly label: Path | undefined;
  readonly templates: readonly Readonly<Record<string, unknown>>[];
  readonly source: string;
  /** The context that data keys should get, if it is a different one. */
  readonly shall: Context | undefined;
  readonly ignoresAll: boolean;
  readonly expected: boolean;
}

export function expectedOf(scene: Scene, sceneJob: SceneJob): Expected {
  const job = readJob(sceneJob);
  const rows = visited(scene, sceneJob);
  const fates = rows.map(row => fateOf(row, job, { scene, sceneJob }));
  const count = (fate: Fate): number => fates.filter(one => one === fate).length;
  const dataKeys = fates.length - count('none');
  const isVerified =
    sceneJob.mode === 'verify' || (sceneJob.mode === 'migrate' && !sceneJob.misfits.includes('verify-off'));
  const looks = isVerified || sceneJob.mode === 'census';
  const alike = looks ? sum(rows.map(row => alikeIn(row, job, scene))) : 0;
  const narrowed =
    ['filter', 'segments'].some(part => isNarrowed(part, scene, sceneJob)) || sceneJob.sample !== undefined;
  const prefixed = sceneJob.misfits.includes('prefix') && scene.application.kind === 'object';
  const remaining = count('left') + count('doubt');
  const doubts = [
    ...(narrowed ? ['narrowed'] : []),
    ...(isVerified ? [] : ['not-verified']),
    ...(remaining > 0 ? ['remaining'] : []),
    ...(alike > 0 ? ['look-alikes'] : []),
    ...(rows.length > 0 && dataKeys === 0 ? ['no-data-key-found'] : []),
    ...(dataKeys > 0 && count('foreign') === dataKeys ? ['all-foreign'] : []),
    ...(scene.application.kind === 'object' && dataKeys > 0 && count('none') > 0 && !job.expected
      ? ['objects-without-data-key']
      : []),
    ...(rows.length === 0 && (narrowed || prefixed) ? ['nothing-there'] : []),
  ];
  const verdict = doubts.length > 0 ? 'not-proven' : rows.length === 0 ? 'empty' : 'proven';
  // A census that has only found what can be moved has done all that was asked of it, and has proven nothing.
  const answered = ['not-verified', ...(count('doubt') === 0 ? ['remaining'] : [])];
  const open = doubts.filter(code => sceneJob.mode !== 'census' || !answered.includes(code));
  return {
    exitCode: open.length > 0 || count('foreign') > 0 ? 1 : 0,
    run: runOf(sceneJob.mode, count('foreign') > 0 ? [...doubts, 'foreign'] : doubts, verdict),
    verdict,
    doubts,
    figures: `${count('none')} without, ${alike} alike`,
    advice: verdict !== 'not-proven' && job.source === KEYS.old ? 'disable' : 'keep',
  };
}

function runOf(
  mode: SceneJob['mode'],
  open: readonly string[],
  verdict: Expected['verdict'],
): Expected['run'] {
  if (mode === 'census') return open.every(code => code === 'not-verified') ? 'nothing-to-do' : 'counted';
  return open.length > 0 ? 'not-proven' : verdict;
}

function readJob({ input }: SceneJob): ReadJob {
  const { source, stores } = input as unknown as {
    readonly source: { readonly keys: readonly string[] };
    readonly stores: readonly {
      readonly format: {
        readonly dataKey: string;
        readonly encoding: string;
        readonly keyArn?: string;
        readonly encryptionContext: unknown;
        readonly destinationEncryptionContext?: Context;
      };
      readonly ignore?: readonly string[];
      readonly withoutDataKey?: string;
    }[];
  };
  const [store] = stores;
  if (store === undefined) throw new Error('a job has a store');
  const { dataKey, encoding, keyArn, encryptionContext } = store.format;
  const templates = Array.isArray(encryptionContext) ? encryptionContext : [encryptionContext];
  return {
    path: pathOf(dataKey),
    encoding,
    label: keyArn === undefined ? undefined : pathOf(keyArn),
    templates: templates as readonly Readonly<Record<string, unknown>>[],
    source: source.keys[0] ?? '',
    shall: store.format.destinationEncryptionContext,
    ignoresAll: store.ignore !== undefined,
    expected: store.withoutDataKey === 'expected',
  };
}

function pathOf(text: string): Path {
  const steps = text.split(/[.[\]]+/).filter(step => step !== '');
  return steps.map(step => (/^\d+$/.test(step) ? Number(step) : step));
}

function isNarrowed(part: string, { application }: Scene, { misfits }: SceneJob): boolean {
  return application.kind === 'item' && (misfits as readonly string[]).includes(part);
}

/** The records that a run visits. */
function visited(scene: Scene, sceneJob: SceneJob): readonly Row[] {
  const sorted = [...scene.rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (sceneJob.misfits.includes('prefix') && scene.application.kind === 'object') return [];
  const filters = isNarrowed('filter', scene, sceneJob);
  const segments = isNarrowed('segments', scene, sceneJob) && !filters && sceneJob.sample === undefined;
  const segment = segments ? sorted.filter((_, index) => index % 2 === 0) : sorted;
  // DynamoDB filters after reading, so a sample is taken from what the filter leaves.
  const found = segment.filter(row => !filters || at(row.fields, ['backup']) !== undefined);
  return found.slice(0, sceneJob.sample);
}

interface Of {
  readonly scene: Scene;
  readonly sceneJob: SceneJob;
}

/** What happens to the slot that the job looks at. */
function fateOf(row: Row, job: ReadJob, { scene, sceneJob }: Of): Fate {
  if (row.hidden === true) return 'doubt';
  const value = at(row.fields, job.path);
  if (isNothing(value)) return 'none';
  const bytes = strictly(value, job.encoding, scene.application.kind);
  if (bytes === undefined) return 'doubt';
  const contexts = job.templates.flatMap(template => filled(template, row));
  if (contexts.length === 0 || isOddLabel(row, job)) return 'doubt';
  const slot = scene.slots.find(({ row: of, bytes: hex }) => of === row.id && hex === bytes.toString('hex'));
  if (slot === undefined) return 'doubt';
  return ofSlot(slot, row, { job, contexts, mode: sceneJob.mode, checksFirst: scene.kms.checksFirst });
}

interface Asked {
  readonly job: ReadJob;
  readonly contexts: readonly Context[];
  readonly mode: SceneJob['mode'];
  readonly checksFirst: ChecksFirst;
}

function ofSlot(slot: Slot, row: Row, { job, contexts, mode, checksFirst }: Asked): Fate {
  const { keyArn, corrupt } = slot;
  const moved = contexts.map(context => (job.label === undefined ? context : relabelled(context, row, job)));
  const now = contexts.some(context => same(context, slot.context));
  const then = moved.some(context => same(context, slot.context));
  const shall = job.shall !== undefined && same(job.shall, slot.context);
  const opens = !corrupt && (now || then || shall);
  if (keyArn !== KEYS.new && (keyArn !== job.source || mode === 'verify'))
    return mode === 'verify' ? 'left' : ofAnotherKey(checksFirst, opens);
  if (!opens) return 'doubt';
  const where = job.shall === undefined ? now : shall;
  const isUpToDate = keyArn === KEYS.new && where && labelNames(row, job, KEYS.new);
  switch (mode) {
    case 'migrate':
      return 'proven';
    case 'verify':
    case 'census':
      return isUpToDate ? 'proven' : 'left';
  }
}

/** A data key is foreign only if KMS says so. */
function ofAnotherKey(checksFirst: ChecksFirst, underAskedContext: boolean): Fate {
  return checksFirst === 'key' || (checksFirst === 'context' && underAskedContext) ? 'foreign' : 'doubt';
}

/** A context that holds the key's name, as it will be once the run has set that name. */
function relabelled(context: Context, row: Row, { label, templates }: ReadJob): Context {
  const held = text(at(row.fields, label ?? []));
  const places = templates.flatMap(template => Object.entries(template));
  const made = (name: string): boolean =>
    places.some(
      ([of, place]) =>
        of === name && typeof place === 'object' && Object.values(place as object)[0] === label?.[0],
    );
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => [name, value === held && made(name) ? KEYS.new : value]),
  );
}

function labelNames(row: Row, { label }: ReadJob, keyArn: string): boolean {
  const held = label === undefined ? undefined : text(at(row.fields, label));
  return held === undefined || held === keyArn || keyArn.endsWith(`/${held}`);
}

function isOddLabel(row: Row, { label }: ReadJob): boolean {
  if (label === undefined) return false;
  const value = at(row.fields, label);
  if (value === undefined) return false;
  const held = text(value);
  return held === undefined || !Object.values(KEYS).some(key => key === held || key.endsWith(`/${held}`));
}

function filled(template: Readonly<Record<string, unknown>>, row: Row): readonly Context[] {
  const entries = Object.entries(template).map(([name, place]) => {
    if (typeof place === 'string') return [name, place] as const;
    const [of] = Object.values(place as Record<string, string>);
    return [name, text(at(row.fields, [of ?? '']))] as const;
  });
  return entries.some(([, value]) => value === undefined) ? [] : [Object.fromEntries(entries) as Context];
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { S, N } = (value ?? {}) as { readonly S?: string; readonly N?: string };
  return S ?? N;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  const { S, B, NULL } = value as { readonly S?: string; readonly B?: Uint8Array; readonly NULL?: true };
  return NULL === true || S === '' || B?.length === 0;
}

/** The bytes, if the value is exactly what the encoding writes, with or without padding. */
function strictly(value: unknown, encoding: string, kind: 'item' | 'object'): Buffer | undefined {
  const alike = encoding.replace('-unpadded', '');
  for (const { encoding: of = '', write, read } of kind === 'item' ? ENCODED : TEXTS) {
    if (of.replace('-unpadded', '') !== alike) continue;
    const bytes = read(value);
    if (bytes === undefined || bytes.length === 0) continue;
    const unpadded = (held: unknown): string => JSON.stringify(held).replace(/=+"/, '"');
    if (unpadded(write(bytes)) === unpadded(value)) return bytes;
  }
  return undefined;
}

/** Ciphertexts in places where the job does not look. */
function alikeIn(row: Row, job: ReadJob, { slots }: Scene): number {
  if (job.ignoresAll || row.hidden === true) return 0;
  const declared = [job.path, ...(job.label === undefined ? [] : [job.label])];
  const named = text(at(row.fields, ['kid'])) ?? '';
  const label = named !== '' && job.source.includes(named) && !declared.some(([first]) => first === 'kid');
  const elsewhere = slots.filter(
    ({ row: of, path }) =>
      of === row.id && path[0] !== '$body' && !declared.some(place => begins(path, place)),
  );
  return elsewhere.length + (label ? 1 : 0);
}

function begins(path: Path, place: Path): boolean {
  return place.every((step, index) => path[index] === step);
}

function same(a: Context, b: Context): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

function sum(of: readonly number[]): number {
  return of.reduce((total, one) => total + one, 0);
}
