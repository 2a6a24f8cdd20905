import type { UnitProgress } from '../model/books.ts';
import { PremiseBroken } from '../model/errors.ts';
import type { Unit } from '../model/run.ts';
import type { Clock } from '../ports.ts';

/** What the state machine hands from one invocation on a unit to the next: a round each. */
export interface Round {
  /** Events in the history of the unit's execution before this round; absent in the first one. */
  readonly events?: number;
  /** How often Step Functions has tried this round before. */
  readonly retries?: number;
  /** Since when the workers of this unit have found their run paused, milliseconds since 1970. */
  readonly pausedSince?: number;
}

export interface UnitInRound extends Unit {
  readonly round?: Round;
}

/** What a worker answers to the state machine. */
export interface UnitAnswer extends UnitProgress {
  readonly round: Round;
  /** How long to wait before the next round; absent if there is nothing to wait for. */
  readonly waitSeconds?: number;
}

/**
 * Step Functions ends an execution at 25,000 events, and it does not say how many there are, so the rounds count them: the
 * execution's start and the choice by route; in each round, those of entering and leaving the worker's state, of each try,
 * of the choice and, if there is one, of the wait.
 *
 * A unit has up to 50,000 items. With one data key each, at one request a second, these are 14 hours, 56 rounds and 400
 * events. A run whose units have far more data keys, or that has waited for slots of Lambda for weeks, may still get there.
 */
const EVENTS = { start: 3, state: 2, tries: 3, choice: 2, wait: 2 };
/** The rest is for the end, and for 300 tries of the next round, five hours in which Lambda has no slot. */
const MOST_EVENTS = 24_000;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
/** A worker looks whether the pause is over after another tenth of it, and so a run resumes within a tenth of its pause. */
const PART_OF_SHORT_PAUSE = 10;
/** From ten days on, the wait grows beyond an hour. */
const PART_OF_LONG_PAUSE = 240;

/**
 * How long a worker waits that has found its run paused for so long, in seconds.
 *
 * Each look takes 9 events. Once a minute, they would be 25,000 after 46 hours. A tenth of the pause, from one minute to one
 * hour, makes 10 looks in the first ten minutes and ln(60) / ln(1.1) = 43 until ten hours. From there on, 230 make ten days.
 * From there on, 240 × ln(3) = 264 make thirty days, and 240 × ln(36.5) = 863 a year, after which Step Functions ends any
 * execution: 1,146 looks and 10,300 events for a pause of a whole year.
 */
export function pauseSeconds(pausedFor: number): number {
  const hourly = Math.min(HOUR, pausedFor / PART_OF_SHORT_PAUSE);
  const wait = Math.max(MINUTE, hourly, Math.min(pausedFor, YEAR) / PART_OF_LONG_PAUSE);
  return Math.round(wait);
}

/**
 * One round of a unit: does its work, and says when the next round begins. A unit whose execution has no room for another
 * round ends its run, in words, before Step Functions does without.
 */
export async function inRound(
  { unitId, round = {} }: UnitInRound,
  clock: Clock,
  work: () => Promise<UnitProgress>,
): Promise<UnitAnswer> {
  const { events: before = EVENTS.start, retries = 0, pausedSince } = round;
  const events = before + EVENTS.state + EVENTS.tries * (1 + retries) + EVENTS.choice;
  if (events > MOST_EVENTS) throw historyFull(unitId);
  const progress = await work();
  if (progress.paused === undefined) return { ...progress, round: { events } };
  const waited = { events: events + EVENTS.wait };
  // A share becomes free as soon as another worker begins a page, and a permission comes by itself or not at all.
  if (progress.paused !== 'by-operator') return { ...progress, round: waited, waitSeconds: MINUTE };
  const now = clock.now();
  const since = Math.min(pausedSince ?? now, now);
  const waitSeconds = pauseSeconds((now - since) / 1000);
  return { ...progress, round: { ...waited, pausedSince: since }, waitSeconds };
}

function historyFull(unitId: string): PremiseBroken {
  return new PremiseBroken(
    'account.historyFull',
    `unit ${unitId} has taken nearly all of the 25,000 events that Step Functions allows one execution, by many invocations, pauses, or tries without a slot of Lambda; start the same job again: a migration continues from there; a census and a verify pass begin anew, so give them a higher rate`,
  );
}
