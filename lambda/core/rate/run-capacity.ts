import { MAX_CAPACITY_PER_SECOND, type Limits } from '../model/job.ts';
import type { RunIdentity, WorkOfRun } from '../model/run-plan.ts';
import type { RunControl } from '../ports.ts';

export const CAPACITY_LIMITS = ['readCapacityPerSecond', 'writeCapacityPerSecond'] as const;
export type CapacityLimit = (typeof CAPACITY_LIMITS)[number];

/** Less would never read or write the largest item within an invocation. To stop a run for a while, pause it. */
const LOWEST = 1;

const KIND: Readonly<Record<CapacityLimit, string>> = {
  readCapacityPerSecond: 'read',
  writeCapacityPerSecond: 'write',
};

type CapacityPlan = Pick<RunIdentity, 'runId'> & Pick<WorkOfRun, 'limits' | 'highestCapacity'>;

/** What a run may take of each of its tables, by its plan and by what an operator has set since. */
export interface RunCapacity {
  readonly limits: Pick<Limits, CapacityLimit>;
  /** What an operator should know of it. */
  readonly words: readonly string[];
}

/**
 * The current limits of a run. As with its rate, a number in the control item that is out of bounds is brought within them, and
 * anything that is not a number was meant to change something, so that the lowest limit holds.
 */
export function runCapacity(control: RunControl, plan: CapacityPlan): RunCapacity {
  const changed = CAPACITY_LIMITS.flatMap(limit => {
    const asked = control[limit];
    if (asked === undefined || asked === plan.limits[limit]) return [];
    const units = withinBounds(asked, highestCapacity(limit, plan));
    return [{ limit, asked, units }];
  });
  return {
    limits: {
      ...(plan.limits.readCapacityPerSecond !== undefined && {
        readCapacityPerSecond: plan.limits.readCapacityPerSecond,
      }),
      ...(plan.limits.writeCapacityPerSecond !== undefined && {
        writeCapacityPerSecond: plan.limits.writeCapacityPerSecond,
      }),
      ...Object.fromEntries(changed.map(({ limit, units }) => [limit, units])),
    },
    words: changed.map(one => words(one, plan)),
  };
}

/** What is wrong with a limit that an operator asks for; `undefined` if nothing is. */
export function capacityProblem(
  limit: CapacityLimit,
  asked: number,
  plan: Pick<WorkOfRun, 'highestCapacity'>,
): string | undefined {
  const highest = highestCapacity(limit, plan);
  return asked === withinBounds(asked, highest)
    ? undefined
    : `can be from ${LOWEST} to ${highest} ${KIND[limit]} units a second of each table, which is what its job allows`;
}

interface Changed {
  readonly limit: CapacityLimit;
  readonly asked: number;
  readonly units: number;
}

function words({ limit, asked, units }: Changed, plan: CapacityPlan): string {
  const what = `${KIND[limit]} units a second of each table`;
  if (units === asked)
    return `its limit was changed while it ran: from ${plan.limits[limit] ?? 'none'} to ${asked} ${what}`;
  const said = Number.isNaN(asked) ? 'no number' : asked;
  return `its control item in the ledger says ${said} for ${limit}, which must be from ${LOWEST} to ${highestCapacity(limit, plan)}; the run keeps to ${units} ${what}`;
}

function highestCapacity(
  limit: CapacityLimit,
  { highestCapacity: highest = {} }: Pick<WorkOfRun, 'highestCapacity'>,
): number {
  return highest[limit] ?? MAX_CAPACITY_PER_SECOND;
}

function withinBounds(asked: number, highest: number): number {
  return Number.isNaN(asked) ? LOWEST : Math.min(Math.max(asked, LOWEST), highest);
}
