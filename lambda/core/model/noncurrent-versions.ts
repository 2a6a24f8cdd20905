/** What Plan has seen of the noncurrent versions of a bucket. It counts them in a listing, and looks into none. */
export type NoncurrentVersions =
  /** The bucket was never versioned, so there can be none. */
  | { readonly kind: 'none-possible' }
  | {
      readonly kind: 'counted';
      readonly versions: number;
      /** Nothing is in them. */
      readonly deleteMarkers: number;
      /** The listing came to its end; else there may be more. */
      readonly complete: boolean;
    }
  /** S3 did not list them. Nothing is known, least of all that there are none. */
  | { readonly kind: 'not-counted'; readonly words: string };

/** By the place, as messages call it. */
export interface VersionsOfPlace {
  readonly place: string;
  readonly seen: NoncurrentVersions;
}

/** `1,234 noncurrent versions (and 5 delete markers)`, with `at least` where the listing was not read to its end. Never 0 of a part. */
export function versionsText({
  versions,
  deleteMarkers,
  complete,
}: NoncurrentVersions & { readonly kind: 'counted' }): string {
  if (!complete && versions === 0)
    return 'noncurrent versions (none in the part of the listing that was counted)';
  const markers = deleteMarkers === 0 ? '' : ` (and ${counted(deleteMarkers, 'delete marker')})`;
  return `${complete ? '' : 'at least '}${counted(versions, 'noncurrent version')}${markers}`;
}

function counted(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;
}
