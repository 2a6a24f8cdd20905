import type { Lease } from './lease.ts';

/** Shares are quotients. A worker that is short of its part by less than this counts as satisfied. */
const ALMOST = 1 - 1e-6;

/** A worker that looks for its share. */
export interface Asking {
  readonly runId: string;
  readonly runRate: number;
  /** What it has now. */
  readonly share: number;
  /** The invocation that asks. */
  readonly holder: string;
  /**
   * Whether shares are whole numbers. Of 2.5 requests a second nobody could use more than 2 without having 3 in some second.
   * Parts of a table's capacity are not: they are used over ten seconds.
   */
  readonly whole: boolean;
  /** What others have used in the last second beyond their shares: those of its run, and all. */
  readonly cooling: { readonly run: number; readonly all: number };
}

export interface Offer {
  /** The rate of its run, for all workers together. */
  readonly part: number;
  /** The share that every worker of the run will end up with. */
  readonly fair: number;
  /** The most that this worker may take now, beside what the others have, without exceeding a bound. */
  readonly room: number;
  /** The most that it may keep. After the rate was lowered, all workers together keep to it once each has looked again. */
  readonly most: number;
  /** Whether it is a whole number. A part of less than one request is not: two runs at one request a second have a half each. */
  readonly whole: boolean;
  /** What it should use until it looks again. It gets more only from what is free, and leaves some of that to others who want more. */
  readonly share: number;
}

/**
 * What a worker is offered. A run keeps to its own rate. All runs that use KMS in one Region together keep to the largest
 * of their rates, because that is what the operator lets this service take from the account's quota there. If they would
 * exceed it, each gets an equal part, but never more than its own rate.
 */
export function offerFor(asking: Asking, others: readonly Lease[]): Offer {
  const rates = ratesOf(asking, others);
  const parts = equalParts(rates);
  const workers = (runId: string): number =>
    others.filter(lease => lease.runId === runId).length + (runId === asking.runId ? 1 : 0);
  const part = parts.get(asking.runId) ?? 0;
  const whole = asking.whole && part >= ALMOST;
  const down = whole ? wholeOf : (share: number): number => share;
  const evenOf = new Map([...parts].map(([runId, part]) => [runId, down(part / workers(runId))]));
  const even = evenOf.get(asking.runId) ?? 0;
  const fair = whole ? even + oneMore(asking, others, { part, even }) : even;
  const room = roomBeside(asking, others, Math.max(...rates.values()));
  // Workers that have nothing come before those that want more.
  const wants = ({ runId, share }: Lease): boolean =>
    asking.share === 0 ? share === 0 : share < (evenOf.get(runId) ?? 0) * ALMOST;
  const wanting = others.filter(wants).length;
  const free = Math.max(0, room - asking.share);
  const most = Math.min(fair, Math.max(0, asking.runRate - toBeUsed(asking, others, even)));
  const more = Math.max(free / (wanting + 1), whole ? Math.min(1, free) : 0);
  return { part, fair, room, most, whole, share: down(Math.min(most, asking.share + more)) };
}

/** Sums and quotients are not exact. */
export function wholeOf(share: number): number {
  return Math.floor(share + (1 - ALMOST));
}

interface Even {
  readonly part: number;
  /** What every worker of the run has. */
  readonly even: number;
}

/** Of what an even division leaves over, workers have one each. Who has it keeps it, as long as there are no more than that. */
function oneMore({ runId, share, holder }: Asking, others: readonly Lease[], { part, even }: Even): 0 | 1 {
  const own = others.filter(lease => lease.runId === runId);
  const left = wholeOf(part) - even * (own.length + 1);
  const ahead = own.filter(other => other.share > even && (share <= even || other.holder < holder));
  return ahead.length < left ? 1 : 0;
}

/** What the other workers of the run will use. Those that have not seen a lowered rate yet will come down to their fair share. */
function toBeUsed({ runId, runRate }: Asking, others: readonly Lease[], fair: number): number {
  const shares = others
    .filter(lease => lease.runId === runId)
    .map(lease => (lease.runRate > runRate ? Math.min(lease.share, fair) : lease.share));
  return shares.reduce((total, share) => total + share, 0);
}

/** What a worker may use beside the others without its run, or all runs together, exceeding a bound. */
function roomBeside({ runId, runRate, cooling }: Asking, others: readonly Lease[], ceiling: number): number {
  const own = others.filter(lease => lease.runId === runId);
  return Math.min(runRate - sum(own) - cooling.run, ceiling - sum(others) - cooling.all);
}

/** The rate of the worker's own run was read just now. For another run, the lowest rate that one of its workers knows counts. */
function ratesOf({ runId: own, runRate }: Asking, others: readonly Lease[]): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const lease of others)
    rates.set(lease.runId, Math.min(lease.runRate, rates.get(lease.runId) ?? Infinity));
  return rates.set(own, runRate);
}

/** Divides the largest rate among all runs. A run that asks for less than an equal part leaves the rest to the others. */
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
