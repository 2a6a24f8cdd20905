import type { Failure, UnitProgress } from '../model/books.ts';
import { isSettled } from '../model/outcome.ts';
import type { Phase } from '../model/run.ts';
import { unsettledIn } from '../verdict/run-verdict.ts';
import { mainPhase } from './main-phase.ts';
import type { Report } from './report.ts';

/** A data key that is not proven, and the pass that said so. */
export interface Unproven extends Failure {
  readonly pass: Phase;
}

/** A line of the journal, as far as it is needed here. */
export type JournalLine = Omit<Failure, 'reason'> & { readonly reason?: string; readonly page: number };

export interface UnprovenPorts {
  /** Every checkpoint of a run; none once they have expired. */
  units(runId: string): AsyncIterable<UnitProgress>;
  /** What a census, or a pass that verifies, has named of a unit; nothing in runs of earlier versions. */
  unprovenOf(unitId: string, pass: Phase): AsyncIterable<JournalLine>;
  /** The outcomes of a unit in the journal of the run, and of those that it went on from, oldest first. */
  outcomesOf(unitId: string): AsyncIterable<JournalLine>;
}

export interface ReportedPlan {
  readonly verify: boolean;
}

/**
 * Every data key that a run leaves unproven, as far as anything names it. The checkpoint of a unit's last pass names its first 100.
 * Where there are more, a census and a pass that verifies have a list of their own. In runs of earlier versions, the journal of the
 * first pass names the others; a last pass that settled some of those does not say which, so they are named as well.
 */
export async function* unprovenDataKeys(
  report: Pick<Report, 'runId' | 'mode' | 'failures'>,
  { verify }: ReportedPlan,
  ports: UnprovenPorts,
): AsyncGenerator<Unproven> {
  const first = mainPhase(report);
  const last = verify ? 'verify' : first;
  const told = new Map(report.failures.map(failure => [placeOf(failure), failure]));
  const concluded = new Set<string>();
  let units = 0;
  for await (const unit of ports.units(report.runId)) {
    units++;
    if (unit.phase !== last) continue;
    if (unit.done) concluded.add(unit.unitId);
    yield* ofUnit(unit, { told, first, ports });
  }
  if (last !== first)
    for await (const unit of ports.units(report.runId))
      if (unit.phase === first && !concluded.has(unit.unitId)) yield* ofUnit(unit, { told, first, ports });
  if (units === 0) for (const failure of report.failures) yield { ...failure, pass: last };
}

interface Telling {
  /** What the report says, which knows what both passes have found. */
  readonly told: ReadonlyMap<string, Failure>;
  readonly first: Phase;
  readonly ports: Pick<UnprovenPorts, 'unprovenOf' | 'outcomesOf'>;
}

async function* ofUnit(
  { unitId, phase, books }: UnitProgress,
  { told, first, ports }: Telling,
): AsyncGenerator<Unproven> {
  const named = new Set<string>();
  for (const failure of books.failures) {
    named.add(placeOf(failure));
    yield { ...(told.get(placeOf(failure)) ?? failure), pass: phase };
  }
  if (unsettledIn(books.outcomes) <= books.failures.length) return;
  let listed = 0;
  for await (const line of settledOut(ports.unprovenOf(unitId, phase))) {
    listed++;
    if (!named.has(placeOf(line))) yield { ...asFailure(line), pass: phase };
  }
  if (listed > 0) return;
  for await (const line of settledOut(ports.outcomesOf(unitId)))
    if (!named.has(placeOf(line))) yield { ...asFailure(line), pass: first };
}

/**
 * A page that was worked again is in the journal again, and its attempts may have ended at different records. So a line waits
 * for the page after it, and the last word about a data key counts.
 */
async function* settledOut(lines: AsyncIterable<JournalLine>): AsyncGenerator<JournalLine> {
  const waiting = new Map<string, JournalLine>();
  for await (const line of lines) {
    for (const [place, one] of waiting)
      if (one.page < line.page - 1) {
        waiting.delete(place);
        yield one;
      } else break;
    waiting.delete(placeOf(line));
    if (!isSettled(line.outcome)) waiting.set(placeOf(line), line);
  }
  yield* waiting.values();
}

function asFailure({ store, locator, slot, outcome, reason = '' }: JournalLine): Failure {
  return { store, locator, slot, outcome, reason };
}

function placeOf({ store, locator, slot }: Pick<Failure, 'store' | 'locator' | 'slot'>): string {
  return JSON.stringify([store, locator, slot]);
}
