import type { Job } from '../model/job.ts';
import { ciphertextBytes, type PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';
import { inRegion, type PlannedRoute, type RouteType } from '../model/route.ts';
import { destinationRegion, possibleRoutes, sourceRegion } from '../model/job-routes.ts';
import { findKey, findSourceOrLess, needsSourceKeys, type FoundKey } from './check-keys.ts';
import type { KeyCatalog } from './ports.ts';

export interface ChosenRoute {
  readonly kind: 'route';
  readonly route: PlannedRoute;
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

export type RouteChoice = ChosenRoute | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

export interface RouteQuestion {
  readonly job: Job;
  readonly sources: readonly FoundKey[];
  readonly destination: FoundKey;
  readonly catalog: KeyCatalog;
  /** The deployment allows plaintext data keys outside KMS. */
  readonly plaintextAllowed: boolean;
  readonly mode: RunMode;
}

type Tried =
  | { readonly kind: 'works'; readonly route: PlannedRoute; readonly sources: readonly PlannedKey[] }
  | { readonly kind: 'does-not'; readonly problems: readonly Problem[] };

/** Takes the route that the job names; of a job that leaves it open, the safest one that works. */
export async function chooseRoute(question: RouteQuestion): Promise<RouteChoice> {
  const { job, destination, mode } = question;
  if (mode === 'verify') return destinationOnly(question);
  const problems: Problem[] = [];
  for (const type of possibleRoutes(job)) {
    const tried = await tryRouteType(type, question);
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
  const [type = 'direct'] = possibleRoutes(job);
  const why = 'not taken: a verify run asks the destination key only';
  return {
    kind: 'route',
    route: { type, why },
    // A replica is the same key in another Region: what is proven of the one is proven of the other.
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

async function tryRouteType(type: RouteType, question: RouteQuestion): Promise<Tried> {
  const { job, sources, plaintextAllowed } = question;
  const asTheyAre = sources.map(one => plannedKey(one));
  switch (type) {
    case 'direct':
      return {
        kind: 'works',
        route: { type, why: `all keys are in ${sourceRegion(job)}` },
        sources: asTheyAre,
      };
    case 'multi-region':
      return tryMultiRegion(question);
    case 'bridge':
      return tryBridge(question);
    case 'decrypt-encrypt': {
      const words =
        'takes plaintext data keys out of KMS, which this deployment does not allow; name a bridge key, or deploy with -c allowPlaintextRoute=true';
      if (!plaintextAllowed)
        return { kind: 'does-not', problems: [{ path: 'route.type', value: type, words }] };
      const why = `plaintext data keys leave KMS between ${sourceRegion(job)} and ${destinationRegion(job)}`;
      return { kind: 'works', route: { type, why }, sources: asTheyAre };
    }
  }
}

/** Every source key has a replica in the destination's Region, which opens the same ciphertexts there. */
async function tryMultiRegion({ job, sources, catalog, mode }: RouteQuestion): Promise<Tried> {
  const region = destinationRegion(job);
  const find = needsSourceKeys(mode) ? findKey : findSourceOrLess;
  const replicas = await Promise.all(
    sources.map(async (source, index) => {
      const { use, key, unusable } = source;
      const path = `source.keys[${index}]`;
      if (!key.multiRegion && unusable !== undefined) return { ...source, alias: key.arn };
      if (!key.multiRegion)
        return { path, value: use.key, words: 'is a single-Region key, which no other Region can open' };
      const replica = { ...use, key: inRegion(key.arn, region) };
      const found = await find(path, replica, catalog);
      return 'key' in found ? { ...found, use, alias: key.arn } : found;
    }),
  );
  const problems = replicas.flatMap(one => ('key' in one ? [] : [one]));
  if (problems.length > 0) return { kind: 'does-not', problems };
  const found = replicas.filter(one => 'key' in one);
  const why = `every source key has a replica in ${region}`;
  return {
    kind: 'works',
    route: { type: 'multi-region', why },
    sources: found.map(one => plannedKey(one, [one.alias])),
  };
}

async function tryBridge({ job, sources, catalog }: RouteQuestion): Promise<Tried> {
  const path = 'route.bridgeKey';
  const { bridgeKey = '' } = job.route;
  const use = { key: bridgeKey, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const;
  const here = await findKey(path, use, catalog);
  if (!('key' in here)) return { kind: 'does-not', problems: [here] };
  if (!here.key.multiRegion)
    return {
      kind: 'does-not',
      problems: [{ path, value: bridgeKey, words: 'is a single-Region key; a bridge is a multi-Region key' }],
    };
  const region = destinationRegion(job);
  const there = await findKey(path, { ...use, key: inRegion(here.key.arn, region) }, catalog);
  if (!('key' in there)) return { kind: 'does-not', problems: [there] };
  const bridge = { sourceRegionArn: here.key.arn, destinationRegionArn: there.key.arn };
  return {
    kind: 'works',
    route: { type: 'bridge', why: `the bridge key has a replica in ${region}`, bridge },
    sources: sources.map(one => plannedKey(one)),
  };
}

function plannedKey({ use, key, unusable }: FoundKey, alsoKnownAs: readonly string[] = []): PlannedKey {
  const bytes = use.encryptionAlgorithm === 'SYMMETRIC_DEFAULT' ? undefined : ciphertextBytes(key.spec);
  const names = [...new Set([...alsoKnownAs, use.key])].filter(name => name !== key.arn);
  return {
    keyArn: key.arn,
    encryptionAlgorithm: use.encryptionAlgorithm,
    alsoKnownAs: names,
    ...(bytes !== undefined && { ciphertextBytes: bytes }),
    ...(key.customKeyStoreId !== undefined && { oneMaterial: true }),
    ...(unusable !== undefined && { unusable }),
  };
}
