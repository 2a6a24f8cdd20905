import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Candidate, GenericCandidate, StoredContext } from './candidate.ts';
import { parentOf, withAlikePlaces } from './generic/alike-places.ts';
import type { PlaceStep } from './generic/generic-place.ts';
import { proposedFormat } from './generic/proposal.ts';
import { mergedEncoding } from './generic/seen-encoding.ts';
import { questionsOf, whichKeyArn, WHO_MOVES } from './questions.ts';

/** A format that occurs in records, and how much of it. */
export interface SeenFormat {
  readonly what: string;
  readonly slot: string;
  /** A proposal for a job's `format`. */
  readonly format: Readonly<Record<string, unknown>>;
  readonly records: number;
  /** At most 20 of a record are counted. */
  readonly dataKeys: number;
  /** Records that hold the data keys of other records, which have none themselves; absent where there are none. */
  readonly ofOthers?: number;
  /** KMS keys that are named beside data keys, with the number of records. */
  readonly keys: readonly NamedKey[];
  /** What the operator has to add or to decide, because data does not tell it. */
  readonly questions: readonly string[];
}

export interface NamedKey {
  readonly keyArn: string;
  readonly records: number;
}

/** Two readings of one place. */
export interface Conflict {
  readonly slot: string;
  /** What the place may be; at least two. */
  readonly between: readonly string[];
}

export interface MergedFormats {
  readonly formats: readonly SeenFormat[];
  readonly conflicts: readonly Conflict[];
}

interface Seen<Of extends Candidate> {
  readonly record: number;
  readonly candidate: Of;
}

/** The formats that the candidates of several records come to, those with the most records first. */
export function mergedFormats(records: readonly (readonly Candidate[])[]): MergedFormats {
  const seen = records.flatMap((candidates, record) => candidates.map(candidate => ({ record, candidate })));
  const named = groupsOf(seen.filter(isNamed), ({ format }) => canonicalJson(format));
  const generic = mergedGeneric(seen.filter(isGeneric));
  const formats = [...named.map(ofNamed), ...generic.map(({ format }) => format)];
  return {
    formats: formats.sort((a, b) => b.records - a.records),
    conflicts: [...generic.flatMap(({ conflict }) => conflict ?? []), ...sharedSlots(named, generic)],
  };
}

type Named = Extract<Candidate, { kind: 'named' }>;

function isNamed(seen: Seen<Candidate>): seen is Seen<Named> {
  return seen.candidate.kind === 'named';
}

function isGeneric(seen: Seen<Candidate>): seen is Seen<GenericCandidate> {
  return seen.candidate.kind === 'generic';
}

function groupsOf<Of extends Candidate>(
  seen: readonly Seen<Of>[],
  nameOf: (candidate: Of) => string,
): readonly (readonly Seen<Of>[])[] {
  const groups = new Map<string, Seen<Of>[]>();
  for (const one of seen) {
    const name = nameOf(one.candidate);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function ofNamed(group: readonly Seen<Named>[]): SeenFormat {
  const { what, slot, format } = first(group);
  const ofRecords = new Set(group.flatMap(({ candidate }) => candidate.questions ?? []));
  const ofOthers = new Set(group.flatMap(({ record, candidate }) => (candidate.ofAnother ? [record] : [])))
    .size;
  return {
    ...{ what, slot, format, ...counts(group) },
    ...(ofOthers > 0 && { ofOthers }),
    questions: [...questionsOf(what), ...ofRecords],
  };
}

function first<Of extends Candidate>([one]: readonly Seen<Of>[]): Of {
  if (one === undefined) throw new TypeError('a group has a member');
  return one.candidate;
}

function counts(
  group: readonly Seen<Named | GenericCandidate>[],
): Pick<SeenFormat, 'records' | 'dataKeys' | 'keys'> {
  return {
    records: new Set(group.map(({ record }) => record)).size,
    dataKeys: group.reduce((sum, { candidate }) => sum + candidate.dataKeys, 0),
    keys: namedKeys(group.map(({ record, candidate }) => ({ record, keyArns: candidate.keyArns }))),
  };
}

/** The keys that records name, those with the most records first. */
export function namedKeys(
  seen: readonly { readonly record: number; readonly keyArns: readonly string[] }[],
): readonly NamedKey[] {
  const records = new Map<string, Set<number>>();
  for (const { record, keyArns } of seen)
    for (const keyArn of keyArns) records.set(keyArn, (records.get(keyArn) ?? new Set()).add(record));
  return [...records]
    .map(([keyArn, { size }]) => ({ keyArn, records: size }))
    .sort((a, b) => b.records - a.records);
}

interface MergedGeneric {
  readonly format: SeenFormat;
  /** The attribute that it is in. */
  readonly top: PlaceStep | undefined;
  readonly conflict?: Conflict;
}

function mergedGeneric(seen: readonly Seen<GenericCandidate>[]): readonly MergedGeneric[] {
  const alike = withAlikePlaces(seen.map(({ candidate }) => candidate));
  const placed = seen.map(({ record }, index) => ({ record, candidate: alike[index] })).filter(isPlaced);
  const groups = groupsOf(placed, ({ slot }) => slot);
  const shared = sharedCompanions(groups);
  return groups.map(group => ofGeneric(group, shared));
}

function isPlaced(seen: {
  readonly record: number;
  readonly candidate: GenericCandidate | undefined;
}): seen is Seen<GenericCandidate> {
  return seen.candidate !== undefined;
}

function ofGeneric(group: readonly Seen<GenericCandidate>[], shared: ReadonlySet<string>): MergedGeneric {
  const { place, slot } = first(group);
  const encoding = mergedEncoding(group.map(({ candidate }) => candidate.encoding));
  const companions = [...new Set(group.flatMap(({ candidate }) => candidate.companions))];
  const [keyArn] = companions;
  const isTold = companions.length === 1 && !shared.has(`${parentOf(place)} ${keyArn}`);
  const [likeliest = ''] = encoding.kind === 'encoding' ? [encoding.encoding] : encoding.between;
  const format = proposedFormat({
    ...{ place, encoding: likeliest, keyArn: isTold ? keyArn : undefined },
    context: sameContext(group),
  });
  const what = String(format['type']);
  const told = Object.hasOwn(format, 'encryptionContext') ? sameContext(group)?.name : undefined;
  const questions = [
    ...questionsOf(what, told),
    ...(isTold ? [] : whichKeyArn(companions)),
    ...(place.in === 'annotation' ? [WHO_MOVES] : []),
  ];
  return {
    format: { what, slot, format, ...counts(group), questions },
    top: place.in === 'attribute' ? place.path[0] : undefined,
    ...(encoding.kind === 'conflict' && { conflict: { slot, between: encoding.between } }),
  };
}

/** The context that all records keep in the same way. */
function sameContext(group: readonly Seen<GenericCandidate>[]): StoredContext | undefined {
  const { context } = first(group);
  const isSame = group.every(({ candidate }) => isDeepStrictEqual(candidate.context, context));
  return isSame ? context : undefined;
}

/** Names of keys that are beside several data keys: nothing tells to which of them each belongs. */
function sharedCompanions(groups: readonly (readonly Seen<GenericCandidate>[])[]): ReadonlySet<string> {
  const seen = new Map<string, number>();
  for (const group of groups) {
    const { place } = first(group);
    for (const name of new Set(group.flatMap(({ candidate }) => candidate.companions))) {
      const companion = `${parentOf(place)} ${name}`;
      seen.set(companion, (seen.get(companion) ?? 0) + 1);
    }
  }
  return new Set([...seen].filter(([, groupsOfIt]) => groupsOfIt > 1).map(([companion]) => companion));
}

/** One attribute that some records hold as a library writes it, and others not. */
function sharedSlots(
  named: readonly (readonly Seen<Named>[])[],
  generic: readonly MergedGeneric[],
): readonly Conflict[] {
  return named.flatMap(group => {
    const { what, slot } = first(group);
    const same = generic.filter(({ top }) => top === slot);
    return same.length === 0 ? [] : [{ slot, between: [what, ...same.map(({ format }) => format.what)] }];
  });
}
