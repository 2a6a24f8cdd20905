import { Buffer } from 'node:buffer';
import type { LookAlikeForm } from '../look-alikes/signs.ts';
import type { StoreRecord } from '../model/record.ts';
import type { Candidate } from './candidate.ts';
import { mergedFormats } from './merged-formats.ts';
import { recogniseItem } from './items/items.ts';
import { recogniseObject } from './objects/objects.ts';
import { searchValues } from './generic/search-values.ts';

export { refusedCiphertext } from './refused/refused-ciphertext.ts';

/** Something that was recognised at one slot of a record. */
export interface Sighting {
  /** Its name: that of a format, or what it is otherwise, such as `esdk-message` or `tink-keyset`. */
  readonly what: string;
  readonly slot: string;
  readonly verdict:
    | {
        readonly kind: 'format';
        /** A proposal for a job's `format`, as far as data tells it. */
        readonly format: Readonly<Record<string, unknown>>;
        /** KMS keys that are named beside the data key. */
        readonly keyArns: readonly string[];
      }
    | {
        readonly kind: 'refused';
        /** What it is, and what to do instead: words that go on after "the value". */
        readonly reason: string;
        readonly keyArns: readonly string[];
      }
    /** It looks like a KMS ciphertext, and lies where no format reads it. */
    | { readonly kind: 'look-alike'; readonly form: LookAlikeForm };
}

/** So many bytes of an object's body are looked at. A file of SOPS has its metadata at its end: read small objects whole. */
export const BODY_BYTES = 1_048_576;

/**
 * What a record is, by what real software writes. Signs are hints: KMS decides about data keys, and the operator about formats.
 * `body`: the first bytes of an object, at most `BODY_BYTES` of which are looked at.
 */
export function recogniseRecord(record: StoreRecord, body?: Uint8Array): readonly Sighting[] {
  const candidates = candidatesOf(record, body);
  const { formats } = mergedFormats([candidates]);
  return [
    ...formats.map(({ what, slot, format, keys }): Sighting => ({
      ...{ what, slot },
      verdict: { kind: 'format', format, keyArns: keys.map(({ keyArn }) => keyArn) },
    })),
    ...candidates.flatMap((one): Sighting[] => {
      if (one.kind === 'refused') {
        const { what, slot, reason, keyArns } = one;
        return [{ what, slot, verdict: { kind: 'refused', reason, keyArns } }];
      }
      if (one.kind !== 'look-alike') return [];
      return [{ what: 'look-alike', slot: one.slot, verdict: { kind: 'look-alike', form: one.form } }];
    }),
  ];
}

/** Everything that is recognised in one record. */
export function candidatesOf(record: StoreRecord, body?: Uint8Array): readonly Candidate[] {
  if (record.hidden !== undefined) return [];
  if (record.kind === 'object') return recogniseObject(record, body && bufferOf(body));
  const { candidates, claimed } = recogniseItem(record);
  const others = searchValues(record.attributes, {
    placeOf: path => ({ in: 'attribute', path }),
    texts: 'documents',
    claimed,
    fixed: Object.keys(record.key),
  });
  return [...candidates, ...others];
}

function bufferOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, BODY_BYTES));
}
