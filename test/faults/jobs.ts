import { playCondition, tellAll, type ConditionBug } from './directed/condition-bugs.ts';
import { understand, type ErrorBug } from './directed/error-bugs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { play } from './play.ts';
import { PLAIN_FORMS } from './schedule.ts';
import { resultOf, type Done, type PlantedResult } from './totals.ts';

/** What one process plays at a time. */
export type Job =
  | { readonly kind: 'schedule'; readonly seed: number }
  | { readonly kind: 'planted'; readonly index: number }
  /** A story of the unchanged product, in all its tellings. */
  | { readonly kind: 'story'; readonly story: number }
  | { readonly kind: 'condition'; readonly bug: ConditionBug }
  /** An answer from AWS, understood correctly or mistaken for another one. */
  | { readonly kind: 'answer'; readonly bug: ErrorBug };

/** How many seeds are tried until a planted bug shows. The rarest shows in one of seven: 60 miss it once in ten thousand. */
const TRIES = 60;

export async function work(job: Job): Promise<Done> {
  switch (job.kind) {
    case 'schedule':
      return { kind: 'schedule', result: resultOf(await play(job.seed)) };
    case 'planted':
      return { kind: 'planted', result: await playPlanted(job.index) };
    case 'story':
      return { kind: 'story', told: await tellAll(job.story) };
    case 'condition': {
      const caught = await playCondition(job.bug);
      return { ...job, ...(caught !== undefined && { caught }) };
    }
    case 'answer':
      return { ...job, violations: await understand(job.bug) };
  }
}

async function playPlanted(index: number): Promise<PlantedResult> {
  const { name, breaks, bug, given } = PLANTED_BUGS[index]!;
  for (let seed = 1; seed <= TRIES; seed++) {
    const { findings } = await play(seed, bug, { forms: PLAIN_FORMS, ...given });
    const caught = findings.violations.find(({ invariant }) => breaks.includes(invariant));
    if (caught !== undefined) return { name, breaks, caught, seed };
  }
  return { name, breaks };
}
