import * as z from 'zod/mini';
import { findKey, findSourceOrLess, needsSourceKeys, plannedKey } from '../keys/find-key.ts';
import { parseKeyReference } from '../model/arn.ts';
import { destinationRegion } from '../model/job-regions.ts';
import type { Problem } from '../model/problem.ts';
import { inRegion, mayBeMultiRegion } from '../model/route.ts';
import { isWithinRegion, needsTwoRegions, oneCall, straight } from './one-call.ts';
import { problem, type JobOfRoutes, type Route, type RouteQuestion, type Tried } from './route.ts';
import { described } from '../schema/described.ts';

/** Every source key has a replica in the destination's Region, which opens the same ciphertexts there: one call. */
export const multiRegion: Route = {
  ...oneCall,
  type: 'multi-region',
  get fields() {
    return {
      deployReplicas: described(
        z.optional(z.boolean({ error: 'is not true or false' })),
        "For the route multi-region: let cdk deploy make replicas of the source keys in the destination's Region.",
      ),
    };
  },
  calls: ['kms:ReEncrypt'],
  plaintext: false,
  warnings: [],
  mayLead: job => !isWithinRegion(job) && job.source.keys.every(({ key }) => mayBeMultiRegion(key)),

  problems(job) {
    const regions = needsTwoRegions(job);
    return regions.length > 0 ? regions : singleRegionKeys(job);
  },
  fieldProblems: replicaProblems,

  hops(job) {
    const region = destinationRegion(job);
    return [{ from: job.source.keys.map(({ key }) => inRegion(key, region)), to: job.destination.key }];
  },

  choose: findReplicas,
  requests: straight,
};

function singleRegionKeys({ source }: JobOfRoutes): readonly Problem[] {
  return source.keys.flatMap(({ key }, index) =>
    mayBeMultiRegion(key)
      ? []
      : problem(
          `source.keys[${index}].key`,
          key,
          'is a single-Region key, and the route multi-region needs multi-Region ones (key/mrk-…); write "bridge" with a bridgeKey',
        ),
  );
}

/** A replica can only be made of a key that is known at synthesis, and only this route uses it. */
function replicaProblems({ source, route: { type, deployReplicas } }: JobOfRoutes): readonly Problem[] {
  if (deployReplicas !== true) return [];
  if (type !== 'multi-region' && type !== 'auto')
    return problem(
      'route.deployReplicas',
      true,
      `makes replicas that the route ${type} does not use; remove it, or write "multi-region"`,
    );
  return source.keys.flatMap(({ key }, index) =>
    parseKeyReference(key)?.kind === 'key' && mayBeMultiRegion(key)
      ? []
      : problem(
          `source.keys[${index}].key`,
          key,
          'cannot be replicated by cdk deploy, which must know it; write the key ARN of a multi-Region primary (key/mrk-…)',
        ),
  );
}

async function findReplicas({ job, sources, catalog, mode }: RouteQuestion): Promise<Tried> {
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
