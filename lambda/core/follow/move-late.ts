import { planChanges, type Move, type PlannedChanges } from '../change/plan-changes.ts';
import { intentsOf } from '../journal/intents.ts';
import { outcomeEntry } from '../journal/outcomes.ts';
import type { JournalPage } from '../journal/ports.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import { changed } from '../places/changed.ts';
import { storeName } from '../stores/places.ts';
import type { Attempts } from '../reencrypt/attempts.ts';
import { reencryptPage, type PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { findDataKeys, type Found } from '../scan/find-data-keys.ts';
import { ALL_THE_TIME } from '../scan/turns.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { applyChanges } from '../write/apply-changes.ts';
import type { KnownDataKeys } from './known-data-keys.ts';
import type { FollowPorts, MovePorts } from './ports.ts';

export interface Moving extends MovePorts, Pick<FollowPorts, 'book' | 'telemetry' | 'clock'> {
  readonly scope: UnitScope;
  readonly known: KnownDataKeys;
  readonly attempts: Attempts;
}

export interface Moved {
  /** Records that have to be tried again. */
  readonly again: ReadonlySet<StoreRecord>;
  /** A data key may be late, and cannot be moved as its record is. */
  readonly left: boolean;
}

/** Whether nothing of some records is new. */
export function allKnown(
  records: readonly (StoreRecord | undefined)[],
  { scope, known }: Pick<Moving, 'scope' | 'known'>,
): boolean {
  return findDataKeys(present(records), scope.format).every(found => known.of(found) !== undefined);
}

/**
 * Re-encrypts what is new in some records, as a page of a run does: all is journalled before the first write, and each write is a
 * compare-and-swap. What is late is counted before it is moved, so that a count may be too high, and never too low.
 */
export async function moveLate(
  records: readonly (StoreRecord | undefined)[],
  moving: Moving,
): Promise<Moved> {
  const { scope, known, journal } = moving;
  const found = findDataKeys(present(records), scope.format);
  const fresh = found.filter(one => known.of(one) === undefined);
  if (fresh.length === 0) return { again: new Set(), left: false };
  const planned = planChanges(await answersOf(found, moving), {
    format: scope.format,
    records: moving.records,
  });
  await countLate(planned.changes.flat(), moving);
  const page: JournalPage = { unit: scope.unit, page: moving.clock.now() };
  const write = (moves: readonly Move[]): Promise<void> =>
    journal.writeIntents(page, intentsOf(scope, moves));
  await write(planned.changes.flat());
  const applied = await applyChanges(planned.changes, {
    ...{ records: moving.records, format: scope.format, turns: ALL_THE_TIME },
    journal: move => write([move]),
  });
  const outcomes = fresh.map(one => [one, planned.settled.get(one) ?? applied.get(one)] as const);
  await journalOutcomes(outcomes, page, moving);
  remember(outcomes, planned, moving);
  return {
    again: new Set(outcomes.flatMap(([{ record }, outcome]) => (isOver(outcome) ? [] : [record]))),
    left: outcomes.some(([, outcome]) => outcome?.kind === 'blocked'),
  };
}

type Outcomes = readonly (readonly [Found, Outcome | undefined])[];

/** KMS is asked about what is not known. Of a record all data keys are told, because they may share a place. */
async function answersOf(found: readonly Found[], moving: Moving): Promise<readonly PageAnswer[]> {
  const { scope, known, attempts, keys } = moving;
  const { destination, route } = scope.plan;
  const fresh = found.filter(one => known.of(one) === undefined);
  if (fresh.some(({ finding }) => finding.kind === 'data-key')) await pace(moving);
  const asked = await reencryptPage(fresh, {
    ...{ keys, attempts, destination, route },
    ...{ dryRun: false, turns: ALL_THE_TIME },
  });
  const told = found.flatMap((one): readonly PageAnswer[] => {
    const outcome = known.of(one);
    return outcome === undefined ? [] : [{ found: one, answer: { kind: 'settled', outcome } }];
  });
  return [...told, ...asked];
}

async function pace({ share, keys, scope }: Moving): Promise<void> {
  const requestsPerSecond = await share();
  if (requestsPerSecond === undefined)
    throw new ServiceUnavailable(
      'follow.noShare',
      `runs of the deployment use all of the KMS rate of ${scope.plan.job}; the batch is tried again`,
    );
  keys.pace(requestsPerSecond);
}

async function countLate(moves: readonly Move[], { scope, book, telemetry, clock }: Moving): Promise<void> {
  const late = new Map<string, number>();
  for (const { source, destination } of moves.flatMap(({ dataKeys }) => dataKeys))
    // One that is under the destination key already only gets a new context or a label.
    if (source.keyArn !== destination.keyArn || isSource(source.keyArn, scope))
      late.set(source.keyArn, (late.get(source.keyArn) ?? 0) + 1);
  if (late.size === 0) return;
  await book.saw(scope.plan.job, late, clock.now());
  for (const [keyArn, count] of late) telemetry.late(storeName(scope.store), keyArn, count);
}

function isSource(keyArn: string, { plan }: UnitScope): boolean {
  return plan.sources.some(source => source.keyArn === keyArn);
}

async function journalOutcomes(
  outcomes: Outcomes,
  page: JournalPage,
  { scope, journal, telemetry }: Moving,
): Promise<void> {
  const entries = outcomes.flatMap(([found, outcome]) =>
    outcome === undefined || outcome.kind === 'already-current' ? [] : [outcomeEntry(scope, found, outcome)],
  );
  for (const entry of entries) telemetry.dataKey(entry);
  if (entries.length > 0) await journal.writeOutcomes(page, entries);
}

/** What was written comes back as an event, and is known by then. */
function remember(outcomes: Outcomes, { changes }: PlannedChanges, { known, scope }: Moving): void {
  const rewrapped = new Map<StoreRecord, Map<string, Outcome>>();
  for (const [found, outcome] of outcomes) {
    if (outcome === undefined) continue;
    known.remember(found, outcome);
    if (outcome.kind !== 'rewrapped') continue;
    const slots = rewrapped.get(found.record) ?? new Map<string, Outcome>();
    slots.set(found.finding.slot, { kind: 'already-current', source: outcome.destination });
    rewrapped.set(found.record, slots);
  }
  for (const moves of changes) {
    const [first, last] = [moves[0], moves.at(-1)];
    if (first === undefined || last === undefined) continue;
    const slots = rewrapped.get(first.record);
    for (const found of findDataKeys([changed(last.record, last.places)], scope.format)) {
      const outcome = slots?.get(found.finding.slot);
      if (outcome !== undefined) known.remember(found, outcome);
    }
  }
}

/** A store that is busy, or a KMS that does not answer, may do so later. Everything else would end as it did. */
function isOver(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== 'failed';
}

function present(records: readonly (StoreRecord | undefined)[]): readonly StoreRecord[] {
  return records.filter(record => record !== undefined);
}
