import * as z from 'zod/mini';
import type { AskedKey } from '../keys/catalog.ts';
import { findKey, plannedKey } from '../keys/find-key.ts';
import { parseKeyReference } from '../model/arn.ts';
import { PremiseBroken } from '../model/errors.ts';
import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import type { Problem } from '../model/problem.ts';
import { inRegion, mayBeMultiRegion, type PlannedRoute } from '../model/route.ts';
import type { ReEncryptAnswer, RequestSide } from '../ports.ts';
import { keyReference } from '../schema/key-reference.ts';
import type { Reply } from '../keys/check-reply.ts';
import { ask, isWithinRegion, needsTwoRegions, sideOnly } from './one-call.ts';
import {
  problem,
  type JobOfRoutes,
  type Route,
  type RouteOptions,
  type RouteQuestion,
  type RouteRequest,
  type Tried,
} from './route.ts';
import { described } from '../schema/described.ts';

/** By a multi-Region key: into it in the source's Region, out of its replica in the destination's. Two calls. */
export const bridge: Route = {
  type: 'bridge',
  get fields() {
    return {
      bridgeKey: described(
        z.optional(keyReference()),
        "For the route bridge: a multi-Region key in the source's Region, with a replica in the destination's Region.",
      ),
      deployBridgeKey: described(
        z.optional(z.boolean({ error: 'is not true or false' })),
        'Let cdk deploy make the bridge key, its replica and their aliases.',
      ),
    };
  },
  calls: ['kms:ReEncrypt', 'kms:ReEncrypt'],
  plaintext: false,
  warnings: [],
  mayLead: job => !isWithinRegion(job) && job.route.bridgeKey !== undefined,

  problems(job) {
    const regions = needsTwoRegions(job);
    if (regions.length > 0 || job.route.bridgeKey !== undefined) return regions;
    return problem(
      'route.bridgeKey',
      undefined,
      `is missing; add the ARN of a multi-Region key in ${sourceRegion(job)} with a replica in ${destinationRegion(job)}, or an alias ARN and "deployBridgeKey": true`,
    );
  },
  fieldProblems: job => [...nameProblems(job), ...bridgeKeyProblems(job)],

  hops(job) {
    const { bridgeKey = '' } = job.route;
    return [
      { from: job.source.keys.map(({ key }) => key), to: bridgeKey },
      { from: [inRegion(bridgeKey, destinationRegion(job))], to: job.destination.key },
    ];
  },

  choose: findBridge,

  requests({ route, sources, destination }) {
    const [first, second] = membersOf(route).map((keyArn): AskedKey => ({ keyArn, ...SYMMETRIC }));
    return first === undefined || second === undefined
      ? []
      : [...sources.map(source => [source, first] as const), [second, destination]];
  },

  take: crossBridge,
  firstStop: ({ source }, route) => side(membersOf(route)[0], source),
};

const SYMMETRIC = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const;

/** A key that cdk deploy makes needs a name that it can be found by. */
function nameProblems({ route: { bridgeKey, deployBridgeKey } }: JobOfRoutes): readonly Problem[] {
  if (deployBridgeKey !== true || parseKeyReference(bridgeKey ?? '')?.kind === 'alias') return [];
  return problem(
    'route.deployBridgeKey',
    true,
    'needs a name for the key that it makes; write an alias ARN as bridgeKey',
  );
}

function bridgeKeyProblems(job: JobOfRoutes): readonly Problem[] {
  const { type, bridgeKey } = job.route;
  const [path, from] = ['route.bridgeKey', sourceRegion(job)];
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

async function findBridge({ job, sources, catalog }: RouteQuestion): Promise<Tried> {
  const path = 'route.bridgeKey';
  const { bridgeKey = '' } = job.route;
  const use = { key: bridgeKey, ...SYMMETRIC };
  const here = await findKey(path, use, catalog);
  if (!('key' in here)) return { kind: 'does-not', problems: [here] };
  if (!here.key.multiRegion)
    return {
      kind: 'does-not',
      problems: problem(path, bridgeKey, 'is a single-Region key; a bridge is a multi-Region key'),
    };
  const region = destinationRegion(job);
  const there = await findKey(path, { ...use, key: inRegion(here.key.arn, region) }, catalog);
  if (!('key' in there)) return { kind: 'does-not', problems: [there] };
  const members = { sourceRegionArn: here.key.arn, destinationRegionArn: there.key.arn };
  const why = `the bridge key has a replica in ${region}`;
  return {
    kind: 'works',
    route: { type: 'bridge', why, bridge: members },
    sources: sources.map(one => plannedKey(one)),
  };
}

/** The two members of the bridge key. Plan never makes a plan without them. */
function membersOf({ bridge: members }: PlannedRoute): readonly [string, string] {
  if (members === undefined)
    throw new TypeError('a plan with the route bridge names both members of its key');
  return [members.sourceRegionArn, members.destinationRegionArn];
}

/** A member of the bridge key, under the context that the data key has. */
function side(keyArn: string, { context }: RequestSide): RequestSide {
  return { keyArn, ...SYMMETRIC, context };
}

async function crossBridge(
  { ciphertext, source, destination }: RouteRequest,
  { keys, route }: RouteOptions,
): Promise<ReEncryptAnswer> {
  const [here, there] = membersOf(route);
  const entered = await ask({ ciphertext, source: sideOnly(source), destination: side(here, source) }, keys);
  if (entered.kind !== 're-encrypted') return entered;
  const left = await ask({ ciphertext: entered.ciphertext, source: side(there, source), destination }, keys);
  return joined(entered, left, { here, there });
}

/** Both hops as one answer. The bridge's own ciphertext is stored nowhere. */
function joined(
  entered: Reply,
  left: ReEncryptAnswer,
  { here, there }: { readonly here: string; readonly there: string },
): ReEncryptAnswer {
  switch (left.kind) {
    case 'incorrect-key':
    case 'invalid-ciphertext':
      throw new PremiseBroken(
        'reencrypt.bridge',
        `${there} cannot open what ${here} has just encrypted; check that it is a replica of that key, then start the job again`,
      );
    case 'denied':
    case 'rejected':
    case 'unavailable':
      return left;
    case 're-encrypted':
      return {
        ...left,
        source: entered.source,
        sourceAlgorithm: entered.sourceAlgorithm,
        requestIds: [...entered.requestIds, ...left.requestIds],
      };
  }
}
