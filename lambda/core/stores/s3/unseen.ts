import { versionsText, type VersionsOfPlace } from '../../model/noncurrent-versions.ts';
import type { Unseen } from '../store.ts';
import type { BucketStore } from './schema.ts';

export const unseenOfBuckets: Unseen<BucketStore> = {
  always: [
    'bodies and tags of objects that the format does not read: of the others only metadata and headers are read',
    'annotations of objects that the format does not name: each would be a request of its own',
  ],
  of: ({ versions }, seen = [NOT_COUNTED]) => (versions === 'all' ? [] : seen.flatMap(unseenVersions)),
};

/** In plans of earlier versions. */
const NOT_COUNTED: VersionsOfPlace = { place: '', seen: { kind: 'not-counted', words: '' } };

function unseenVersions({ place, seen }: VersionsOfPlace): readonly string[] {
  switch (seen.kind) {
    case 'none-possible':
      return [];
    case 'not-counted':
      return ['noncurrent versions of objects: they keep their former data keys'];
    case 'counted':
      return [
        seen.complete && seen.versions === 0
          ? `noncurrent versions in ${place}: there was none when the run was planned; whatever has been replaced or deleted since leaves one, with its former data key`
          : `${versionsText(seen)} in ${place}, as counted when the run was planned: they keep their former data keys, and so does whatever has been replaced or deleted since`,
      ];
  }
}
