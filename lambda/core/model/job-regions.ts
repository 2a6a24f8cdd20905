import { regionOf } from './arn.ts';
import type { Job } from './job.ts';

/** The Region of a job's source keys: all of them are in one. Its stores are there, too, unless they say otherwise. */
export function sourceRegion({ source }: Pick<Job, 'source'>): string {
  const [first] = source.keys;
  if (first === undefined) throw new TypeError('a job has at least one source key');
  return regionOf(first.key);
}

export function destinationRegion({ destination }: Pick<Job, 'destination'>): string {
  return regionOf(destination.key);
}
