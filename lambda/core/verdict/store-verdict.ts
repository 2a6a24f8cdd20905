import type { StoreRecord } from '../model/record.ts';

/** Why a store is not proven. A person can look each of them up in docs/proof.md. */
export const DOUBT_CODES = [
  'incomplete',
  'narrowed',
  'not-verified',
  'remaining',
  'journal-contradicted',
  'look-alikes',
  'no-data-key-found',
  'all-foreign',
  'objects-without-data-key',
  'nothing-there',
] as const;

export type DoubtCode = (typeof DOUBT_CODES)[number];

export interface Doubt {
  readonly code: DoubtCode;
  /** Data keys, records or values that it is about; absent where nothing was counted. */
  readonly count?: number;
  /** What is not known, and what to do about it. */
  readonly words: string;
}

export type StoreVerdict =
  /** KMS has opened every data key that is there with the destination key: in this pass, or before, as the journal says. */
  | { readonly kind: 'proven' }
  /** There is no record, and the job named all of the store. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-proven'; readonly doubts: readonly Doubt[] };

/** What a run saw of a store. */
export interface StoreFigures {
  /** What its records are. */
  readonly kind: StoreRecord['kind'];
  /** Of a bucket; empty where the job names all of it. */
  readonly prefix: string;
  /** Every unit of every pass came to its end. */
  readonly finished: boolean;
  /** In words, the part that the run was about. */
  readonly narrowedTo?: string;
  /** The figures are those of a verify pass. */
  readonly verified: boolean;
  readonly records: number;
  readonly withoutDataKey: number;
  /** Of how many of these objects the body was read as well. */
  readonly bodiesRead: number;
  /** Records under keys of other tables, which move with those. @default 0 */
  readonly wrapped?: number;
  /** The job says that such records need none. */
  readonly withoutDataKeyExpected: boolean;
  readonly dataKeys: number;
  /** Under none of the job's keys, as KMS has said of each. */
  readonly foreign: number;
  readonly remaining: number;
  /** Data keys about which KMS says something else than the journal. @default 0 */
  readonly contradicted?: number;
  /** Outside the declared places, and not answered in the job. */
  readonly lookAlikes: number;
}

/**
 * Doubt counts: a store is proven only if nothing speaks against it and something speaks for it.
 *
 * | what the run saw | verdict |
 * |---|---|
 * | a unit did not come to its end | not proven: `incomplete` |
 * | a part of the store only | not proven: `narrowed` |
 * | no verify pass | not proven: `not-verified` |
 * | data keys that need a source key, or may need one | not proven: `remaining` |
 * | data keys about which KMS says something else than the journal | not proven: `journal-contradicted` |
 * | values elsewhere that look like data keys, or name a source key | not proven: `look-alikes` |
 * | records, no data key in any of them, and none under a key of another table | not proven: `no-data-key-found` |
 * | data keys, and every one under other keys than the job's | not proven: `all-foreign` |
 * | objects without a data key whose bodies were not read | not proven: `objects-without-data-key` |
 * | no record under a prefix, or in a part | not proven: `nothing-there` |
 * | no record, and all of the store was named | empty |
 * | anything else: every data key that is not another key's was opened, now or before by the journal | proven |
 */
export function storeVerdict(figures: StoreFigures): StoreVerdict {
  const doubts = DOUBTS.flatMap(doubt => doubt(figures) ?? []);
  if (doubts.length > 0) return { kind: 'not-proven', doubts };
  return figures.records === 0 ? { kind: 'empty' } : { kind: 'proven' };
}

type Question = (figures: StoreFigures) => Doubt | undefined;

const DOUBTS: readonly Question[] = [
  ({ finished }) =>
    finished
      ? undefined
      : { code: 'incomplete', words: 'the run did not finish there; start the same job again' },
  ({ narrowedTo }) =>
    narrowedTo === undefined
      ? undefined
      : { code: 'narrowed', words: `the run was only about ${narrowedTo}` },
  ({ verified }) =>
    verified
      ? undefined
      : {
          code: 'not-verified',
          words: 'no verify pass has asked KMS about its data keys; run the mode verify',
        },
  ({ remaining }) =>
    remaining === 0
      ? undefined
      : {
          code: 'remaining',
          count: remaining,
          words: `${counted(remaining, 'data key')} may still need a source key; each is named with its reason`,
        },
  ({ contradicted = 0 }) =>
    contradicted === 0
      ? undefined
      : {
          code: 'journal-contradicted',
          count: contradicted,
          words: `KMS says something else about ${counted(contradicted, 'data key')} than the journal, on which others rest; run again with --ask-all, and find out who can write to the journal`,
        },
  ({ lookAlikes }) =>
    lookAlikes === 0
      ? undefined
      : {
          code: 'look-alikes',
          count: lookAlikes,
          words: `${counted(lookAlikes, 'value')} outside the job's places ${lookAlikes === 1 ? 'looks like a data key, or names' : 'look like data keys, or name'} a source key; name each place in a format (keyArn for the name of a key), or list it under "ignore" if no reader uses it`,
        },
  ({ records, dataKeys, wrapped = 0 }) =>
    records === 0 || dataKeys > 0 || wrapped > 0
      ? undefined
      : {
          code: 'no-data-key-found',
          count: records,
          words: `${counted(records, 'record')} and no data key where the job looks for it; check the place that its format names`,
        },
  ({ dataKeys, foreign }) =>
    dataKeys === 0 || foreign < dataKeys
      ? undefined
      : {
          code: 'all-foreign',
          count: foreign,
          words: `none of the data keys there is under a key of the job; check which key they are under`,
        },
  objectsWithoutDataKey,
  nothingThere,
];

function objectsWithoutDataKey(figures: StoreFigures): Doubt | undefined {
  const { kind, dataKeys, withoutDataKeyExpected } = figures;
  const count = figures.withoutDataKey - figures.bodiesRead;
  if (kind !== 'object' || dataKeys === 0 || count <= 0 || withoutDataKeyExpected) return undefined;
  return {
    ...{ code: 'objects-without-data-key', count },
    words: `${counted(count, 'object')} without a data key in the metadata, and their bodies are not read; if they need none, write "withoutDataKey": "expected" in the job`,
  };
}

function nothingThere({ finished, records, prefix, narrowedTo }: StoreFigures): Doubt | undefined {
  if (!finished || records > 0 || (prefix === '' && narrowedTo === undefined)) return undefined;
  return {
    code: 'nothing-there',
    words:
      prefix === ''
        ? 'there is no record in that part of it; check the filter, index or segments'
        : `no object is under the prefix ${prefix}; check how it is written`,
  };
}

export function counted(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;
}
