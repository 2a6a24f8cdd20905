import type { Lease } from './lease.ts';

/** Shares are quotients: who is short of its part by less than this wants nothing. */
const ALMOST = 1 - 1e-6;

/** A worker that looks for its share. */
export interface Asking {
  readonly runId: string;
  readonly runRate: number;
  /** What it has now. */
  readonly share: number;
}

export interface Offer {
  /** What its run may have, all workers together. */
  readonly part: number;
  /** What every worker of the run comes to have. */
  readonly fair: number;
  /** What this worker may have at most, as the others are now: no sum exceeds its bound by it. */
  readonly room: number;
  /** What it may keep at most: where the rate has been lowered, all workers together keep to it once each has looked since. */
  readonly most: number;
  /** What it should have until it looks again: more only of what is free, and not all of that where others want some, too. */
  readonly share: number;
}

/**
 * What a worker is offered. A run keeps to its own rate. All runs that use a Region of KMS together keep to the largest
 * of their rates: that is what their operator lets this service take of the account's quota there. Where they would
 * take more, each has an equal part of it, or as much as its own rate is.
 */
export function offerFor(asking: Asking, others: readonly Lease[]): Offer {
  const rates = ratesOf(asking, others);
  const parts = equalParts(rates);
  const workers = (runId: string): number =>
    others.filter(lease => lease.runId === runId).length + (runId === asking.runId ? 1 : 0);
  const fairOf = new Map([...parts].map(([runId, part]) => [runId, part / workers(runId)]));
  const part = parts.get(asking.runId) ?? 0;
  const fair = fairOf.get(asking.runId) ?? 0;
  const room = roomBeside(asking, others, Math.max(...rates.values()));
  // Who has nothing comes before those who want more.
  const wants = ({ runId, share }: Lease): boolean =>
    asking.share === 0 ? share === 0 : share < (fairOf.get(runId) ?? 0) * ALMOST;
  const wanting = others.filter(wants).length;
  const free = Math.max(0, room - asking.share);
  const most = Math.min(fair, Math.max(0, asking.runRate - toBeUsed(asking, others, fair)));
  return { part, fair, room, most, share: Math.min(most, asking.share + free / (wanting + 1)) };
}

/** What the other workers of the run will use: those that have not seen a lowered rate yet come down to what is fair. */
function toBeUsed({ runId, runRate }: Asking, others: readonly Lease[], fair: number): number {
  const shares = others
    .filter(lease => lease.runId === runId)
    .map(lease => (lease.runRate > runRate ? Math.min(lease.share, fair) : lease.share));
  return shares.reduce((total, share) => total + share, 0);
}

/** What a worker may have beside the others, so that neither its run nor all runs together exceed their bound. */
function roomBeside(asking: Asking, others: readonly Lease[], ceiling: number): number {
  const own = others.filter(({ runId }) => runId === asking.runId);
  return Math.min(asking.runRate - sum(own), ceiling - sum(others));
}

/** The worker itself has read the rate of its run just now; of another run, the lowest that a worker of it goes by counts. */
function ratesOf({ runId: own, runRate }: Asking, others: readonly Lease[]): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const lease of others)
    rates.set(lease.runId, Math.min(lease.runRate, rates.get(lease.runId) ?? Infinity));
  return rates.set(own, runRate);
}

/** Divides the largest of the rates among all runs: whoever asks for less than an equal part leaves the rest to the others. */
function equalParts(rates: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  let left = Math.max(...rates.values());
  const parts = new Map<string, number>();
  const modestFirst = [...rates].sort(([, a], [, b]) => a - b);
  for (const [index, [runId, rate]] of modestFirst.entries()) {
    const part = Math.min(rate, left / (modestFirst.length - index));
    parts.set(runId, part);
    left -= part;
  }
  return parts;
}

function sum(leases: readonly Lease[]): number {
  return leases.reduce((total, { share }) => total + share, 0);
}
