import { regionOf } from './arn.ts';
import type { Job } from './job.ts';
import { inRegion, mayBeMultiRegion, type RouteType } from './route.ts';

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
