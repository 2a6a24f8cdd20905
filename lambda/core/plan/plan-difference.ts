import { differences, isInContext, shown } from '../job/job-difference.ts';
import { formatPath } from '../job/parse-job.ts';
import type { RunPlan } from '../model/run-plan.ts';

/** What somebody confirms who confirms a plan. How the work is cut may differ: stores change while people read. */
function confirmed(plan: RunPlan): object {
  const { jobDigest, mode, dryRun, sample, verify, askAll, continues, keepsSource, limits } = plan;
  const { sources, destination, route, keyMaterials, stores, storeRegion, slots } = plan;
  return {
    ...{ jobDigest, mode, dryRun, sample, verify, askAll, continues, keepsSource, limits },
    ...{ sources, destination, route, keyMaterials, stores, storeRegion, slots },
  };
}

/** Stores grow while people read. What has changed by more than a tenth is not what they have read. */
const MOST_GROWTH = 1.1;

/** How a plan differs from the one that was shown, a line for each field; none if it is still the same in all that counts. */
export function planDifferences(before: RunPlan, now: RunPlan): readonly string[] {
  const fields = differences(confirmed(before), confirmed(now), []).map(({ path, mine, theirs }) =>
    isInContext(path)
      ? `${formatPath(path)}: has changed (values of contexts are not shown)`
      : `${formatPath(path)}: ${shown(mine)} when it was shown, ${shown(theirs)} now`,
  );
  return [...fields, ...grown(before, now), ...newWarnings(before, now)];
}

function grown({ estimate: before }: RunPlan, { estimate: now }: RunPlan): readonly string[] {
  const [less, more] = [before.dataKeys, now.dataKeys].sort((one, other) => one - other);
  if ((more ?? 0) <= (less ?? 0) * MOST_GROWTH) return [];
  return [`estimate.dataKeys: ${before.dataKeys} when it was shown, ${now.dataKeys} now`];
}

/** The numbers in a warning may change, its words not. */
function newWarnings(before: RunPlan, now: RunPlan): readonly string[] {
  const words = (warning: string): string => warning.replace(/\d[\d,.]*/g, '#');
  const known = new Set(before.warnings.map(words));
  return now.warnings.filter(warning => !known.has(words(warning))).map(warning => `new warning: ${warning}`);
}
