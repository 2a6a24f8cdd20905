import { plannedKey } from '../keys/find-key.ts';
import type { Job } from '../model/job.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import { inRegion, type PlannedRoute } from '../model/route.ts';
import { destinationRegion } from '../model/job-regions.ts';
import { direct } from '../routes/direct.ts';
import { possibleRoutes } from '../routes/registry.ts';
import type { RouteQuestion } from '../routes/route.ts';

export interface ChosenRoute {
  readonly kind: 'route';
  readonly route: PlannedRoute;
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

export type RouteChoice = ChosenRoute | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Takes the route that the job names or, if the job leaves it open, the safest one that works. */
export async function chooseRoute(question: RouteQuestion): Promise<RouteChoice> {
  const { job, destination, mode } = question;
  if (mode === 'verify') return destinationOnly(question);
  const problems: Problem[] = [];
  for (const route of possibleRoutes(job)) {
    const tried = await route.choose(question);
    if (tried.kind === 'works')
      return {
        kind: 'route',
        route: withWhy(tried.route, job, problems),
        sources: tried.sources,
        destination: plannedKey(destination),
      };
    problems.push(...tried.problems);
  }
  return { kind: 'refused', problems };
}

/** A verify run takes no route: it asks the destination key about what is there. */
function destinationOnly({ job, sources, destination }: RouteQuestion): ChosenRoute {
  const [{ type } = direct] = possibleRoutes(job);
  const why = 'not taken: a verify run asks the destination key only';
  return {
    kind: 'route',
    route: { type, why },
    // A replica is the same key in another Region: what is proven for one is proven for the other.
    sources: sources.map(one =>
      plannedKey(one, one.key.multiRegion ? [inRegion(one.key.arn, destinationRegion(job))] : []),
    ),
    destination: plannedKey(destination),
  };
}

function withWhy(route: PlannedRoute, { route: asked }: Job, passedOver: readonly Problem[]): PlannedRoute {
  if (asked.type !== 'auto') return { ...route, why: `the job names it; ${route.why}` };
  const instead = passedOver.map(({ value, words }) => `${String(value)} ${words}`);
  return instead.length === 0
    ? route
    : { ...route, why: `${route.why}; no safer one works: ${instead.join('; ')}` };
}
