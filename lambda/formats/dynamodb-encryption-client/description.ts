import type { AttributePath, StoreRecord } from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import type { Reached } from '../../core/places/value-at.ts';

/** Names in a material description. */
export const NAMES = {
  dataKey: 'amzn-ddb-env-key',
  wrappingAlgorithm: 'amzn-ddb-wrap-alg',
  encryptionAlgorithm: 'amzn-ddb-env-alg',
  signingAlgorithm: 'amzn-ddb-sig-alg',
  metaId: 'amzn-ddb-meta-id',
} as const;

export function inDescription(attribute: string, name: string): readonly [string, ...AttributePath] {
  return [attribute, { as: 'material-description' }, name];
}

/** What the material description says of how an item's data key is wrapped. */
export type Wrapping =
  | { readonly kind: 'kms' }
  /** Under a key of a MetaStore: the client names it `<material>#<version>`. */
  | { readonly kind: 'meta-store' }
  | { readonly kind: 'other'; readonly algorithm: string }
  /** There is no data key: the item is under a key that the application holds. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unclear'; readonly reason: string };

/** The text of a name; `undefined` for none. */
type Said = { readonly text: string | undefined } | Extract<Reached, { kind: 'closed' }>;

function saidIn(record: StoreRecord, path: AttributePath): Said {
  const reached = reachIn(record, path);
  if (reached.kind === 'closed') return reached;
  return { text: reached.kind === 'value' && 'S' in reached.value ? reached.value.S : undefined };
}

export function wrappingOf(record: StoreRecord, attribute: string): Wrapping {
  const said = (name: string): Said => saidIn(record, inDescription(attribute, name));
  const [algorithm, dataKey, metaId] = [
    said(NAMES.wrappingAlgorithm),
    said(NAMES.dataKey),
    said(NAMES.metaId),
  ];
  for (const one of [algorithm, dataKey, metaId])
    if ('kind' in one) return { kind: 'unclear', reason: `attribute ${attribute} ${one.reason}` };
  return judged(textOf(algorithm), { dataKey: textOf(dataKey), metaId: textOf(metaId) });
}

function textOf(said: Said): string | undefined {
  return 'text' in said ? said.text : undefined;
}

function judged(
  algorithm: string | undefined,
  { dataKey, metaId }: { readonly dataKey: string | undefined; readonly metaId: string | undefined },
): Wrapping {
  if (dataKey === undefined || dataKey === '')
    return algorithm === undefined && metaId === undefined
      ? { kind: 'none' }
      : { kind: 'unclear', reason: `the material description has no ${NAMES.dataKey}` };
  if (algorithm === 'kms') return { kind: 'kms' };
  if (algorithm === undefined)
    return {
      kind: 'unclear',
      reason: `the material description has no ${NAMES.wrappingAlgorithm}: what its data key is wrapped by is not known`,
    };
  if (metaId === undefined) return { kind: 'other', algorithm };
  return /#\d+$/.test(metaId)
    ? { kind: 'meta-store' }
    : {
        kind: 'unclear',
        reason: `${NAMES.metaId} in the material description names no version of a material`,
      };
}
