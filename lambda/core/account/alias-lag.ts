import type { RunPlan } from '../model/run-plan.ts';

/**
 * A new or changed alias may take five minutes to count in authorisation, in one place before another, although the API shows
 * it already (KMS developer guide, controlling access with aliases). So a worker may be denied what Plan was allowed.
 *
 * Plan looks up every alias at its beginning, and asks for one that is missing for 15 seconds more. An alias that it has found
 * is therefore at most 15 seconds younger than the run, and counts everywhere 315 seconds after the run's start. The rest, up
 * to 360, is for Plan's own beginning and for clocks that differ.
 */
const ALIAS_COUNTS_AFTER_MS = 360_000;

/** Whether AWS may deny a call of this run only because it does not know an alias everywhere yet. */
export function denialsMayPass(
  { byAlias, startedAt }: Pick<RunPlan, 'byAlias' | 'startedAt'>,
  now: number,
): boolean {
  return byAlias === true && now < Date.parse(startedAt) + ALIAS_COUNTS_AFTER_MS;
}
