import { distance } from 'fastest-levenshtein';
import type { RunWatch } from './run-watch.ts';

/** The name that somebody may have meant: one that goes on where theirs ends, or one with few other characters. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const longer = name === '' ? undefined : names.find(one => one.startsWith(name));
  if (longer !== undefined) return longer;
  const [best] = names
    .map(one => ({ one, far: distance(name, one) }))
    // A third of other characters is a slip; more is another name.
    .filter(({ one, far }) => far <= Math.max(2, Math.floor(one.length / 3)))
    .sort((left, right) => left.far - right.far);
  return best?.one;
}

/** "; did you mean X?", where there is one like it. */
export function didYouMean(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined || meant === name ? '' : `; did you mean ${meant}?`;
}

/** As many as Step Functions tells at once. */
const LATEST = 1_000;

/** What to say where no run has this name. The latest runs come first, so a job's name means its latest run. */
export async function noSuchRun(
  runId: string,
  { executions }: Pick<RunWatch, 'executions'>,
): Promise<string> {
  // Who may not list runs is told without their names.
  const runs = await executions.latest(LATEST).catch(() => []);
  const names = runs.map(run => run.runId);
  const meant = didYouMean(runId, names);
  return `there is no run ${runId}${meant || ';'} rewrap status lists the latest`;
}
