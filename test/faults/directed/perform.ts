import { Random } from '../random.ts';
import type { Findings } from '../violations.ts';
import { VirtualTime } from '../virtual-time.ts';
import type { Condition, Moment, WireBug } from './director.ts';
import type { Story } from './stories.ts';
import { learnRolesOf, World } from './world.ts';

/** What somebody does at which moment of a story; absent if it is told undisturbed. */
export interface Disturbance {
  readonly nth: number;
  readonly act: string;
}

export interface Performed {
  readonly findings: Findings;
  readonly moments: readonly Moment[];
  readonly conditions: readonly Condition[];
  /** Acts that fit each moment, by its number. */
  readonly acts: readonly (readonly string[])[];
}

const SEED = 1;

/** Tells a story once. */
export async function perform(
  story: Story,
  { disturbance, bug = {} }: { readonly disturbance?: Disturbance; readonly bug?: WireBug } = {},
): Promise<Performed> {
  learnRolesOf(story.form);
  const random = new Random(SEED);
  return VirtualTime.run(random.fork(), async time => {
    const world = new World(story.form, bug, { time, random });
    const { director, findings } = world;
    const acts: string[][] = [];
    director.onMoment = moment => {
      const possible = story.acts(world, moment);
      acts.push(Object.keys(possible));
      return moment.nth === disturbance?.nth ? possible[disturbance.act] : undefined;
    };
    try {
      await world.build();
      await story.tell(world);
    } catch (error) {
      findings.violate(4, `the story broke off: ${(error as Error).stack ?? String(error)}`);
    }
    return { findings, moments: director.moments, conditions: [...director.conditions.values()], acts };
  });
}
