import { MAX_KMS_REQUESTS_PER_SECOND } from '../model/job.ts';
import type { RunIdentity, WorkOfRun } from '../model/run-plan.ts';
import type { RunControl } from '../ports.ts';

/** A slower run would never finish. To stop it for a while, pause it. */
const LOWEST_RATE = 1;

/** What a run may send to KMS, by its plan and by what an operator has set since. */
export interface RunRate {
  readonly requestsPerSecond: number;
  /** What an operator should know of it. */
  readonly words?: string;
}

type RatePlan = Pick<RunIdentity, 'runId'> & Pick<WorkOfRun, 'limits' | 'highestRate'>;

/** The highest rate that a run may be given. Its job promises the rest of the quota to the account's other applications. */
export function highestRate({ highestRate: highest }: Pick<WorkOfRun, 'highestRate'>): number {
  return highest ?? MAX_KMS_REQUESTS_PER_SECOND;
}

/**
 * The current rate of a run. Its control item may have been edited by hand and may hold anything. A number out of bounds is
 * brought within them. Anything that is not a number was meant to change something, so the run takes the lowest rate
 * instead of keeping its old one.
 */
export function runRate({ kmsRequestsPerSecond: asked }: RunControl, plan: RatePlan): RunRate {
  const planned = plan.limits.kmsRequestsPerSecond;
  if (asked === undefined || asked === planned) return { requestsPerSecond: planned };
  const requestsPerSecond = withinBounds(asked, highestRate(plan));
  const words =
    requestsPerSecond === asked
      ? `its rate was changed while it ran: from ${planned} to ${asked} KMS requests a second`
      : `its control item in the ledger says ${Number.isNaN(asked) ? 'no number' : asked} for kmsRequestsPerSecond, which must be from ${LOWEST_RATE} to ${highestRate(plan)}; the run keeps to ${requestsPerSecond} a second. Set it with rewrap rate ${plan.runId} N; to hold the run, use rewrap pause`;
  return { requestsPerSecond, words };
}

/** What is wrong with a rate that an operator asks for; `undefined` if nothing is. */
export function rateProblem(asked: number, plan: Pick<WorkOfRun, 'highestRate'>): string | undefined {
  return asked === withinBounds(asked, highestRate(plan))
    ? undefined
    : `can be from ${LOWEST_RATE} to ${highestRate(plan)} KMS requests a second, which is what its job allows`;
}

function withinBounds(asked: number, highest: number): number {
  return Number.isNaN(asked) ? LOWEST_RATE : Math.min(Math.max(asked, LOWEST_RATE), highest);
}
