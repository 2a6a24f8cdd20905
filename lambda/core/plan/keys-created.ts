import type { FoundKey } from '../keys/find-key.ts';
import type { Store } from '../model/job.ts';
import type { RunPlan } from '../model/run-plan.ts';

/** When the keys of a run were made, for Report to tell the age of their first materials; nothing where no store asks. */
export function keysCreated(
  stores: readonly Store[],
  keys: readonly FoundKey[],
): Pick<RunPlan, 'keysCreatedAt'> {
  if (stores.every(({ maximumAgeDays }) => maximumAgeDays === undefined)) return {};
  const known = keys.flatMap(({ key: { arn, createdAt, multiRegion } }) =>
    createdAt === undefined || multiRegion ? [] : [[arn, createdAt] as const],
  );
  return { keysCreatedAt: Object.fromEntries(known) };
}
