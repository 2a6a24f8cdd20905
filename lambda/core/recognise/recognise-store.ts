import type { LookAlikeForm } from '../look-alikes/signs.ts';
import type { StoreRecord } from '../model/record.ts';
import type { Candidate } from './candidate.ts';
import { mergedFormats, namedKeys, type Conflict, type NamedKey, type SeenFormat } from './merged-formats.ts';
import { candidatesOf } from './recognise-record.ts';

/** What a sample of records shows of their store. */
export interface StoreRecognition {
  readonly records: number;
  /** Records that their store does not show. */
  readonly hidden: number;
  /** Records in which nothing was recognised. */
  readonly withNone: number;
  /** Those with the most records first. */
  readonly formats: readonly SeenFormat[];
  readonly refused: readonly SeenRefused[];
  readonly lookAlikes: readonly SeenLookAlike[];
  /** What may be data keys under RSA keys. */
  readonly rsaLengths: readonly SeenRsaLength[];
  /** All KMS keys that anything in the records names. */
  readonly keys: readonly NamedKey[];
  /** The keys that S3 itself encrypts these objects with, as S3 names them. */
  readonly serverSideKeys: readonly NamedKey[];
  readonly conclusion: Conclusion;
}

/** Something that cannot be re-wrapped where it lies. */
interface SeenRefused {
  readonly what: string;
  readonly reason: string;
  readonly records: number;
  readonly keys: readonly NamedKey[];
  /** The first one. */
  readonly example: { readonly locator: string; readonly slot: string };
}

/** Something that looks like a KMS ciphertext where no format reads it. */
interface SeenLookAlike {
  readonly slot: string;
  readonly form: LookAlikeForm;
  readonly records: number;
  readonly example: { readonly locator: string };
}

/** As long as what an RSA key encrypts, beside the name of a KMS key. */
interface SeenRsaLength {
  readonly slot: string;
  readonly keySpec: string;
  readonly records: number;
  readonly keys: readonly NamedKey[];
  readonly example: { readonly locator: string };
}

/** What `format: "auto"` comes to. It never chooses between two. */
type Conclusion =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'one-format'; readonly format: Readonly<Record<string, unknown>> }
  /** Each in places of its own: each needs a store of its own in the job. */
  | { readonly kind: 'several-formats'; readonly formats: readonly Readonly<Record<string, unknown>>[] }
  /** One place can be read in two ways, or there are too many places to be names of an application. */
  | { readonly kind: 'ambiguous'; readonly conflicts: readonly Conflict[] };

export interface RecordToRecognise {
  readonly record: StoreRecord;
  /** The first bytes of an object. */
  readonly body?: Uint8Array;
}

/** More than these are not listed. */
const MOST_LISTED = 50;
/** A store with more different places has names that are data. */
const MOST_FORMATS = 20;

/** What one record shows. Unlike the record, many of them fit into memory. */
export interface SeenRecord {
  readonly locator: string;
  readonly hidden: boolean;
  readonly candidates: readonly Candidate[];
  readonly serverSideKey?: string;
}

/** What occurs in a sample of a store, how much of each, and whether that is one format. */
export function recogniseStore(records: readonly RecordToRecognise[]): StoreRecognition {
  return recognitionOf(records.map(seenRecord));
}

export function seenRecord({ record, body }: RecordToRecognise): SeenRecord {
  const { locator, hidden } = record;
  const serverSideKey = record.kind === 'object' ? record.encryption?.kmsKeyId : undefined;
  return {
    ...{ locator, hidden: hidden !== undefined, candidates: candidatesOf(record, body) },
    ...(serverSideKey !== undefined && { serverSideKey }),
  };
}

/** The same as `recogniseStore`, of records that were looked at one after the other. */
export function recognitionOf(records: readonly SeenRecord[]): StoreRecognition {
  const candidates = records.map(record => record.candidates);
  const { formats, conflicts } = mergedFormats(candidates);
  const seen = records.flatMap(({ locator, candidates: of }, index) =>
    of.map(candidate => ({ candidate, index, locator })),
  );
  const hidden = records.filter(record => record.hidden).length;
  return {
    records: records.length,
    hidden,
    withNone: candidates.filter(of => of.length === 0).length - hidden,
    formats: formats.slice(0, MOST_LISTED),
    refused: refusedOf(seen),
    lookAlikes: lookAlikesOf(seen),
    rsaLengths: rsaLengthsOf(seen),
    keys: namedKeys(seen.map(({ candidate, index }) => ({ record: index, keyArns: keyArnsOf(candidate) }))),
    serverSideKeys: namedKeys(
      records.map(({ serverSideKey }, record) => ({
        record,
        keyArns: serverSideKey === undefined ? [] : [serverSideKey],
      })),
    ),
    conclusion: conclude(formats, conflicts),
  };
}

function keyArnsOf(candidate: Candidate): readonly string[] {
  return candidate.kind === 'look-alike' ? [] : candidate.keyArns;
}

function conclude(formats: readonly SeenFormat[], conflicts: readonly Conflict[]): Conclusion {
  const [one, ...others] = formats;
  if (one === undefined) return { kind: 'nothing' };
  if (conflicts.length > 0) return { kind: 'ambiguous', conflicts };
  if (formats.length > MOST_FORMATS)
    return {
      kind: 'ambiguous',
      conflicts: [{ slot: '*', between: formats.slice(0, MOST_FORMATS).map(({ slot }) => slot) }],
    };
  if (others.length === 0) return { kind: 'one-format', format: one.format };
  return { kind: 'several-formats', formats: formats.map(({ format }) => format) };
}

interface Seen {
  readonly candidate: Candidate;
  readonly index: number;
  readonly locator: string;
}

function refusedOf(seen: readonly Seen[]): readonly SeenRefused[] {
  const groups = grouped(seen, ({ candidate }) =>
    candidate.kind === 'refused' ? `${candidate.what} ${candidate.reason}` : undefined,
  );
  return groups.flatMap(([first, ...others]) => {
    if (first?.candidate.kind !== 'refused') return [];
    const { what, reason, slot } = first.candidate;
    const all = [first, ...others];
    const keys = namedKeys(
      all.map(({ candidate, index }) => ({ record: index, keyArns: keyArnsOf(candidate) })),
    );
    return [{ what, reason, records: recordsOf(all), keys, example: { locator: first.locator, slot } }];
  });
}

function lookAlikesOf(seen: readonly Seen[]): readonly SeenLookAlike[] {
  const groups = grouped(seen, ({ candidate }) =>
    candidate.kind === 'look-alike' ? `${candidate.form} ${candidate.slot}` : undefined,
  );
  return groups.flatMap(([first, ...others]) => {
    if (first?.candidate.kind !== 'look-alike') return [];
    const { slot, form } = first.candidate;
    return [{ slot, form, records: recordsOf([first, ...others]), example: { locator: first.locator } }];
  });
}

function rsaLengthsOf(seen: readonly Seen[]): readonly SeenRsaLength[] {
  const groups = grouped(seen, ({ candidate }) =>
    candidate.kind === 'rsa-length' ? `${candidate.keySpec} ${candidate.slot}` : undefined,
  );
  return groups.flatMap(group => {
    const [first] = group;
    if (first?.candidate.kind !== 'rsa-length') return [];
    const { slot, keySpec } = first.candidate;
    const keys = namedKeys(
      group.map(({ candidate, index }) => ({ record: index, keyArns: keyArnsOf(candidate) })),
    );
    return [{ slot, keySpec, records: recordsOf(group), keys, example: { locator: first.locator } }];
  });
}

function recordsOf(seen: readonly Seen[]): number {
  return new Set(seen.map(({ index }) => index)).size;
}

/** Those with a name, together by it, the largest groups first. */
function grouped(
  seen: readonly Seen[],
  nameOf: (one: Seen) => string | undefined,
): readonly (readonly Seen[])[] {
  const groups = new Map<string, Seen[]>();
  for (const one of seen) {
    const name = nameOf(one);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups.values()].sort((a, b) => recordsOf(b) - recordsOf(a)).slice(0, MOST_LISTED);
}
