import type { Buckets } from './bucket.ts';

interface Stored {
  readonly objects: number;
  readonly storedBytes: number;
}

/** All versions that lie in each bucket, and the bytes of their bodies, by `REGION/BUCKET`. */
export function storedIn(buckets: Buckets): Readonly<Record<string, Stored>> {
  return Object.fromEntries(
    buckets.all().map(({ region, name, objects }) => {
      const versions = objects.keys
        .flatMap(key => objects.versionsOf(key))
        .filter(({ deleteMarker }) => !deleteMarker);
      const storedBytes = versions.reduce((sum, { body }) => sum + body.length, 0);
      return [`${region}/${name}`, { objects: versions.length, storedBytes }];
    }),
  );
}
