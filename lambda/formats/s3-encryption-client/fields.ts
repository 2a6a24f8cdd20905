import { isNothing } from '../../core/places/is-nothing.ts';
import { heldAt } from '../../core/places/held-at.ts';
import {
  objectKeyOf,
  type AttributePath,
  type AttributeValue,
  type ObjectRecord,
} from '../../core/model/record.ts';

/** Where the S3 Encryption Clients put data keys: one field for each version of their format. */
export const DATA_KEYS = ['x-amz-key', 'x-amz-key-v2', 'x-amz-3'] as const;

/** Fields that belong to a data key, and mean nothing without one. */
export const OF_A_DATA_KEY = [
  'x-amz-wrap-alg',
  'x-amz-matdesc',
  'x-amz-iv',
  'x-amz-cek-alg',
  'x-amz-w',
  'x-amz-t',
  'x-amz-m',
] as const;

/** What an instruction file of the first .NET clients holds. Its data key is always under a key of the application. */
export const DATA_KEY_OF_OLD_NET = 'EncryptedEnvelopeKey';

/** Marks an instruction file. Some clients do not write it. */
const INSTRUCTION_FILE_MARK = 'x-amz-crypto-instr-file';

export const METADATA: AttributePath = [];
export const INSTRUCTIONS: AttributePath = [{ part: 'body' }, { as: 'json' }];

/** All fields of one data key: the metadata of an object, or the content of an instruction file. */
export interface Envelope {
  readonly record: ObjectRecord;
  /** `METADATA` or `INSTRUCTIONS`. */
  readonly at: AttributePath;
}

/** What a field holds; `undefined` for nothing: some clients write empty fields. */
export function fieldOf({ record, at }: Envelope, name: string): AttributeValue | undefined {
  const value = heldAt(record, [...at, name]);
  return isNothing(value) ? undefined : value;
}

/** The data keys of an envelope, by their names. */
export function dataKeysOf(envelope: Envelope): readonly (typeof DATA_KEYS)[number][] {
  return DATA_KEYS.filter(name => fieldOf(envelope, name) !== undefined);
}

/**
 * Whether an object is an instruction file, whose body holds the fields of another object. One that has a data key in its
 * metadata is itself encrypted, whatever its name is.
 */
export function isInstructionFile(record: ObjectRecord, suffixes: readonly string[]): boolean {
  return (
    isMarked(record) || (isNamedSo(record, suffixes) && dataKeysOf({ record, at: METADATA }).length === 0)
  );
}

export function isMarked({ metadata }: ObjectRecord): boolean {
  return Object.hasOwn(metadata, INSTRUCTION_FILE_MARK);
}

function isNamedSo(record: ObjectRecord, suffixes: readonly string[]): boolean {
  const key = objectKeyOf(record);
  return suffixes.some(suffix => key.endsWith(suffix) && key.length > suffix.length);
}
