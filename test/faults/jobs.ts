import { PLANTED_BESIDE } from './beside/planted-bugs.ts';
import { playBeside } from './beside/play.ts';
import { playCondition, tellAll, type ConditionBug } from './directed/condition-bugs.ts';
import { understand, type ErrorBug } from './directed/error-bugs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { play, type Played } from './play.ts';
import { PLAIN_FORMS } from './schedule.ts';
import { resultOf, type Done, type PlantedResult } from './totals.ts';

/** What one process plays at a time. */
export type Job =
  | { readonly kind: 'schedule'; readonly seed: number }
  /** One with followers at work beside runs. */
  | { readonly kind: 'beside'; readonly seed: number }
  | { readonly kind: 'planted'; readonly index: number }
  | { readonly kind: 'planted-beside'; readonly index: number }
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
    case 'beside':
      return { kind: 'beside', result: resultOf(await playBeside(job.seed)) };
    case 'planted':
      return { kind: 'planted', result: await playPlanted(job.index) };
    case 'planted-beside': {
      const { bug, given, ...planted } = PLANTED_BESIDE[job.index]!;
      return {
        kind: 'planted',
        result: await firstToCatch(planted, seed => playBeside(seed, bug, given)),
      };
    }
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
  const { bug, given, ...planted } = PLANTED_BUGS[index]!;
  return firstToCatch(planted, seed => play(seed, bug, { forms: PLAIN_FORMS, ...given }));
}

async function firstToCatch(
  { name, breaks }: Pick<PlantedResult, 'name' | 'breaks'>,
  playSeed: (seed: number) => Promise<Played>,
): Promise<PlantedResult> {
  for (let seed = 1; seed <= TRIES; seed++) {
    const { findings } = await playSeed(seed);
    const caught = findings.violations.find(({ invariant }) => breaks.includes(invariant));
    if (caught !== undefined) return { name, breaks, caught, seed };
  }
  return { name, breaks };
}
