import { parseKeyReference, regionOf } from './arn.ts';
import type { Job } from './job.ts';

/** The ways of an EDK from source to destination (docs/routes.md), safest first. */
export const ROUTE_TYPES = ['direct', 'multi-region', 'bridge', 'decrypt-encrypt'] as const;
export type RouteType = (typeof ROUTE_TYPES)[number];

/** What a job asks for. */
export interface JobRoute {
  readonly type: RouteType | 'auto';
  /** A multi-Region key with a replica in the destination's Region: its ARN or alias ARN in the source's Region. */
  readonly bridgeKey?: string;
  /** `cdk deploy` makes that key, its replica and both aliases. */
  readonly deployBridgeKey?: boolean;
  /** `cdk deploy` makes replicas of the source keys in the destination's Region. */
  readonly deployReplicas?: boolean;
}

/** What Plan has chosen, and why. */
export interface PlannedRoute {
  readonly type: RouteType;
  readonly why: string;
  /** The two members of the bridge key: one for each hop. */
  readonly bridge?: { readonly sourceRegionArn: string; readonly destinationRegionArn: string };
}

/** KMS requests that take one data key along a route. */
export const REQUESTS_PER_DATA_KEY: Readonly<Record<RouteType, number>> = {
  direct: 1,
  'multi-region': 1,
  bridge: 2,
  'decrypt-encrypt': 2,
};

/** The Region of a job's source keys: all of them are in one. Its stores are there, too, unless they say otherwise. */
export function sourceRegion({ source }: Pick<Job, 'source'>): string {
  const [first] = source.keys;
  if (first === undefined) throw new TypeError('a job has at least one source key');
  return regionOf(first.key);
}

export function destinationRegion({ destination }: Pick<Job, 'destination'>): string {
  return regionOf(destination.key);
}

/** The routes that a job may come to, safest first: for Plan to choose from, and for its roles to be granted. */
export function possibleRoutes(job: Pick<Job, 'source' | 'destination' | 'route'>): readonly RouteType[] {
  const { type, bridgeKey } = job.route;
  if (type !== 'auto') return [type];
  if (sourceRegion(job) === destinationRegion(job)) return ['direct'];
  return [
    ...(job.source.keys.every(({ key }) => mayBeMultiRegion(key)) ? (['multi-region'] as const) : []),
    ...(bridgeKey === undefined ? [] : (['bridge'] as const)),
    'decrypt-encrypt',
  ];
}

/** An alias may name any key; a key ARN tells it by its id (KMS Developer Guide, multi-Region keys). */
export function mayBeMultiRegion(keyReference: string): boolean {
  const parsed = parseKeyReference(keyReference);
  return parsed?.kind === 'alias' || parsed?.keyId.startsWith('mrk-') === true;
}

/** The name of a multi-Region key, or of an alias, in another Region. */
export function inRegion(keyReference: string, region: string): string {
  return keyReference.replace(/^(arn:[^:]+:kms:)[^:]+/, `$1${region}`);
}

/** A ReEncrypt call that a run may make: out of one of these keys, into that one. */
export interface Hop {
  readonly from: readonly string[];
  readonly to: string;
}

/**
 * All ReEncrypt calls of all routes that a job may come to, its keys named as the job names them. The destination is
 * re-encrypted under itself, too: second runs and the verify pass ask it so.
 */
export function hopsOf(job: Pick<Job, 'source' | 'destination' | 'route'>): readonly Hop[] {
  const sources = job.source.keys.map(({ key }) => key);
  const to = job.destination.key;
  const region = destinationRegion(job);
  const hops = possibleRoutes(job).flatMap((type): readonly Hop[] => {
    switch (type) {
      case 'direct':
        return [{ from: sources, to }];
      case 'multi-region':
        return [{ from: sources.map(key => inRegion(key, region)), to }];
      case 'bridge': {
        const { bridgeKey = '' } = job.route;
        return [
          { from: sources, to: bridgeKey },
          { from: [inRegion(bridgeKey, region)], to },
        ];
      }
      case 'decrypt-encrypt':
        return [];
    }
  });
  return [...hops, { from: [to], to }];
}

/** Every key that Plan looks at, named as the job names it. */
export function keysOf(job: Pick<Job, 'source' | 'destination' | 'route'>): readonly string[] {
  const hops = hopsOf(job).flatMap(({ from, to }) => [...from, to]);
  return [...new Set([...job.source.keys.map(({ key }) => key), ...hops])];
}
