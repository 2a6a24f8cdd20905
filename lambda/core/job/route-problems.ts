import { parseKeyReference } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { mayBeMultiRegion } from '../model/route.ts';
import { destinationRegion, sourceRegion } from '../model/job-routes.ts';

/** The source keys are in one Region: a route has one beginning. */
export function regionProblems(job: Job): readonly Problem[] {
  const region = sourceRegion(job);
  return job.source.keys.flatMap(({ key }, index) =>
    parseKeyReference(key)?.region === region
      ? []
      : [
          {
            path: `source.keys[${index}]`,
            value: key,
            words: `is not in ${region}, the Region of the first source key; write keys of one Region, and a job for each Region`,
          },
        ],
  );
}

/** A route that cannot lead from these keys to that one. */
export function routeProblems(job: Job): readonly Problem[] {
  const [from, to] = [sourceRegion(job), destinationRegion(job)];
  const { type, bridgeKey } = job.route;
  if (type === 'direct' && from !== to)
    return problem(
      'destination.key',
      job.destination.key,
      `is in ${to} and the source keys are in ${from}, but the route direct is one ReEncrypt call within a Region; name keys of one Region, or another route`,
    );
  if (type !== 'direct' && type !== 'auto' && from === to)
    return problem(
      'route.type',
      type,
      `leads to another Region, but all keys are in ${from}; write "direct", or a destination key of another Region`,
    );
  if (type === 'bridge' && bridgeKey === undefined)
    return problem(
      'route.bridgeKey',
      undefined,
      `is missing; add the ARN of a multi-Region key in ${from} with a replica in ${to}, or an alias ARN and "deployBridgeKey": true`,
    );
  return [
    ...multiRegionProblems(job),
    ...replicaProblems(job),
    ...bridgeNameProblems(job),
    ...bridgeKeyProblems(job, from),
  ];
}

function multiRegionProblems({ source, route }: Job): readonly Problem[] {
  if (route.type !== 'multi-region') return [];
  return source.keys.flatMap(({ key }, index) =>
    mayBeMultiRegion(key)
      ? []
      : [
          {
            path: `source.keys[${index}].key`,
            value: key,
            words:
              'is a single-Region key, and the route multi-region needs multi-Region ones (key/mrk-…); write "bridge" with a bridgeKey',
          },
        ],
  );
}

/** A replica is made of a key that is known when the stack is synthesized, and only for a route that uses it. */
function replicaProblems({ source, route: { type, deployReplicas } }: Job): readonly Problem[] {
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

/** A key that cdk deploy makes needs a name that it can be found by. */
function bridgeNameProblems({ route: { bridgeKey, deployBridgeKey } }: Job): readonly Problem[] {
  if (deployBridgeKey !== true || parseKeyReference(bridgeKey ?? '')?.kind === 'alias') return [];
  return problem(
    'route.deployBridgeKey',
    true,
    'needs a name for the key that it makes; write an alias ARN as bridgeKey',
  );
}

function bridgeKeyProblems({ route: { type, bridgeKey } }: Job, from: string): readonly Problem[] {
  const path = 'route.bridgeKey';
  if (bridgeKey === undefined) return [];
  if (type !== 'bridge' && type !== 'auto')
    return problem(path, bridgeKey, `is not used by the route ${type}; remove it, or write "bridge"`);
  if (parseKeyReference(bridgeKey)?.region !== from)
    return problem(
      path,
      bridgeKey,
      `is not in ${from}, where the first of its two hops is; write its ARN or alias ARN there`,
    );
  return mayBeMultiRegion(bridgeKey)
    ? []
    : problem(path, bridgeKey, 'is a single-Region key; a bridge is a multi-Region key (key/mrk-…)');
}

function problem(path: string, value: unknown, words: string): readonly Problem[] {
  return [{ path, value, words }];
}
