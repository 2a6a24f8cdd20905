import {
  materialId,
  MAX_EXAMPLES,
  MAX_FAILURES,
  type Books,
  type Failure,
  type Fingerprints,
  type KeyMaterialCount,
  type LookAlikeCount,
  type Resting,
} from '../model/books.ts';
import type { ConsumedCapacity } from '../model/consumed.ts';
import type { KeyMaterial } from '../model/data-key.ts';
import type { Pace } from '../model/pace.ts';
import { addServerSideEncrypted, type ServerSideEncrypted } from '../model/server-side-encryption.ts';
import type { WrappedRecords } from '../model/wrapped-records.ts';
import { mayNeedSource, type OutcomeKind } from '../model/outcome.ts';
import type { OutcomeEntry } from '../journal/entries.ts';
import { addCapacity } from '../rate/consumed.ts';
import { addPace } from './pace.ts';

export const EMPTY_BOOKS: Books = {
  records: 0,
  serverSideEncrypted: [],
  dataKeys: 0,
  outcomes: {},
  keyMaterials: [],
  remaining: 0,
  kms: { requests: 0, throttled: 0 },
  failures: [],
};

export interface PageCounts {
  readonly records: number;
  readonly withoutDataKey: number;
  readonly withoutDataKeyFirst?: readonly string[];
  readonly bodiesRead?: number;
  readonly wrappedBy?: readonly WrappedRecords[];
  readonly serverSideEncrypted?: readonly ServerSideEncrypted[];
  readonly lookAlikes?: LookAlikeCount;
  readonly entries: readonly OutcomeEntry[];
  readonly remaining: number;
  readonly kms: { readonly requests: number; readonly throttled: number };
  readonly capacity?: ConsumedCapacity;
  readonly pace?: Pace;
  readonly fingerprints?: Fingerprints;
  readonly resting?: Resting;
}

/** The books of one page. */
export function pageBooks(page: PageCounts): Books {
  const { records, withoutDataKey, withoutDataKeyFirst, entries, remaining, kms } = page;
  const { fingerprints, lookAlikes, bodiesRead, wrappedBy, capacity, pace, resting } = page;
  const { serverSideEncrypted } = page;
  const outcomes: Partial<Record<OutcomeKind, number>> = {};
  for (const { outcome } of entries) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    records,
    withoutDataKey,
    ...examples(withoutDataKeyFirst),
    ...sumBodies(bodiesRead),
    ...sumWrapped(wrappedBy),
    ...(serverSideEncrypted !== undefined && { serverSideEncrypted }),
    dataKeys: entries.length,
    outcomes,
    keyMaterials: materialsOf(entries),
    remaining,
    kms,
    ...(capacity !== undefined && { capacity }),
    ...(pace !== undefined && { pace }),
    failures: needingAPerson(entries).slice(0, MAX_FAILURES).map(failureOf),
    ...(lookAlikes !== undefined && { lookAlikes }),
    ...(fingerprints !== undefined && { fingerprints }),
    ...sumResting(resting, undefined),
  };
}

/** Books add up: pages to units, units to stores, stores to the run. */
export function addBooks(a: Books, b: Books): Books {
  const outcomes = { ...a.outcomes };
  for (const [kind, count] of Object.entries(b.outcomes) as [OutcomeKind, number][]) {
    outcomes[kind] = (outcomes[kind] ?? 0) + count;
  }
  return {
    records: a.records + b.records,
    withoutDataKey: (a.withoutDataKey ?? 0) + (b.withoutDataKey ?? 0),
    ...examples([...(a.withoutDataKeyFirst ?? []), ...(b.withoutDataKeyFirst ?? [])]),
    ...sumBodies(a.bodiesRead, b.bodiesRead),
    ...sumWrapped(a.wrappedBy, b.wrappedBy),
    ...sumServerSide(a.serverSideEncrypted, b.serverSideEncrypted),
    dataKeys: a.dataKeys + b.dataKeys,
    outcomes,
    keyMaterials: sumKeyMaterials([...a.keyMaterials, ...b.keyMaterials]),
    remaining: a.remaining + b.remaining,
    kms: { requests: a.kms.requests + b.kms.requests, throttled: a.kms.throttled + b.kms.throttled },
    ...sumCapacity(a.capacity, b.capacity),
    ...sumPace(a.pace, b.pace),
    failures: [...a.failures, ...b.failures].slice(0, MAX_FAILURES),
    ...sumLookAlikes(a.lookAlikes, b.lookAlikes),
    ...sumFingerprints(a.fingerprints, b.fingerprints),
    ...sumResting(a.resting, b.resting),
  };
}

function examples(first: readonly string[] = []): Pick<Books, 'withoutDataKeyFirst'> {
  return first.length === 0 ? {} : { withoutDataKeyFirst: first.slice(0, MAX_EXAMPLES) };
}

function sumBodies(...counts: readonly (number | undefined)[]): Pick<Books, 'bodiesRead'> {
  const bodiesRead = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return bodiesRead === 0 ? {} : { bodiesRead };
}

function sumCapacity(...all: Parameters<typeof addCapacity>): Pick<Books, 'capacity'> {
  const capacity = addCapacity(...all);
  return capacity === undefined ? {} : { capacity };
}

function sumPace(...all: Parameters<typeof addPace>): Pick<Books, 'pace'> {
  const pace = addPace(...all);
  return pace === undefined ? {} : { pace };
}

/** The tables of one store; a run with many stores may have many. */
function sumWrapped(...all: readonly (readonly WrappedRecords[] | undefined)[]): Pick<Books, 'wrappedBy'> {
  const byTable = new Map<string, number>();
  for (const { table, records } of all.flatMap(one => one ?? []))
    byTable.set(table, (byTable.get(table) ?? 0) + records);
  const wrappedBy = [...byTable].map(([table, records]) => ({ table, records }));
  return wrappedBy.length === 0 ? {} : { wrappedBy };
}

function sumServerSide(
  ...all: Parameters<typeof addServerSideEncrypted>
): Pick<Books, 'serverSideEncrypted'> {
  const serverSideEncrypted = addServerSideEncrypted(...all);
  return serverSideEncrypted === undefined ? {} : { serverSideEncrypted };
}

function sumLookAlikes(
  a: LookAlikeCount | undefined,
  b: LookAlikeCount | undefined,
): Pick<Books, 'lookAlikes'> {
  if (a === undefined && b === undefined) return {};
  const first = [...(a?.first ?? []), ...(b?.first ?? [])].slice(0, MAX_FAILURES);
  return { lookAlikes: { count: (a?.count ?? 0) + (b?.count ?? 0), first } };
}

function sumFingerprints(
  a: Fingerprints | undefined,
  b: Fingerprints | undefined,
): Pick<Books, 'fingerprints'> {
  const sum = a ?? b;
  if (sum === undefined) return {};
  if (a === undefined || b === undefined) return { fingerprints: sum };
  return {
    fingerprints: {
      compared: a.compared + b.compared,
      changed: a.changed + b.changed,
      first: [...a.first, ...b.first].slice(0, MAX_FAILURES),
    },
  };
}

const NONE: Resting = { onJournal: 0, ofEarlierRuns: 0, sampled: 0, contradicted: 0 };

export function addResting(a: Resting = NONE, b: Resting = NONE): Resting {
  return {
    onJournal: a.onJournal + b.onJournal,
    ofEarlierRuns: a.ofEarlierRuns + b.ofEarlierRuns,
    sampled: a.sampled + b.sampled,
    contradicted: a.contradicted + b.contradicted,
  };
}

function sumResting(a: Resting | undefined, b: Resting | undefined): Pick<Books, 'resting'> {
  const resting = addResting(a, b);
  return resting.onJournal + resting.sampled === 0 ? {} : { resting };
}

/**
 * Data keys that may still need a source key. Checkpoints that earlier versions have left say how many these were by a
 * weaker rule; their outcomes are what they were.
 */
export function inDoubt({ remaining, outcomes }: Books): number {
  const doubtful = (Object.entries(outcomes) as [OutcomeKind, number][])
    .filter(([kind]) => mayNeedSource(kind))
    .reduce((sum, [, count]) => sum + count, 0);
  return Math.max(remaining, doubtful);
}

/** Invariant 5: data keys seen equal the sum of their outcomes. */
export function booksBalance(books: Books): boolean {
  return books.dataKeys === Object.values(books.outcomes).reduce((sum, count) => sum + count, 0);
}

/** Most entries of a page have the same materials: what a pair of these counts is made once. */
function materialsOf(entries: readonly OutcomeEntry[]): readonly KeyMaterialCount[] {
  const alike = new Map<string, { readonly counts: readonly KeyMaterialCount[]; times: number }>();
  for (const entry of entries) {
    const { outcome, source, destination, copied } = entry;
    const name = [source, destination].map(one => one && materialId(one));
    const same = `${outcome} ${copied} ${name.join(' ')}`;
    const known = alike.get(same);
    if (known === undefined) alike.set(same, { counts: materialCounts(entry), times: 1 });
    else known.times += 1;
  }
  return sumKeyMaterials(
    [...alike.values()].flatMap(({ counts, times }) =>
      counts.map(one => ({ ...one, before: times * one.before, after: times * one.after })),
    ),
  );
}

function materialCounts({ outcome, source, destination, copied }: OutcomeEntry): readonly KeyMaterialCount[] {
  if (source === undefined) return [];
  if (outcome === 'restored' && destination !== undefined)
    return [count(destination, { before: 1, after: 0 }), count(source, { before: 0, after: 1 })];
  const before = count(source, { before: 1, after: 0 });
  if (outcome !== 'rewrapped' || destination === undefined)
    return [before, count(source, { before: 0, after: 1 })];
  const moved = [before, count(destination, { before: 0, after: 1 })];
  return copied === true ? [...moved, count(source, { before: 0, after: 1 })] : moved;
}

function count(material: KeyMaterial, counts: { before: number; after: number }): KeyMaterialCount {
  const { keyArn, keyMaterialId = null, encryptionAlgorithm } = material;
  return {
    keyArn,
    keyMaterialId,
    ...(encryptionAlgorithm !== undefined && { encryptionAlgorithm }),
    ...counts,
  };
}

function sumKeyMaterials(counts: readonly KeyMaterialCount[]): readonly KeyMaterialCount[] {
  const byMaterial = new Map<string, KeyMaterialCount>();
  for (const one of counts) {
    const id = materialId(one);
    const sum = byMaterial.get(id);
    byMaterial.set(
      id,
      sum === undefined ? one : { ...sum, before: sum.before + one.before, after: sum.after + one.after },
    );
  }
  return [...byMaterial.values()];
}

/** Only what needs a person has a reason: a census' `to-rewrap` is plain work to do. */
export function needingAPerson(entries: readonly OutcomeEntry[]): readonly OutcomeEntry[] {
  return entries.filter(({ reason }) => reason !== undefined);
}

function failureOf({ store, locator, slot, outcome, reason }: OutcomeEntry): Failure {
  return { store, locator, slot, outcome, reason: reason ?? '' };
}
