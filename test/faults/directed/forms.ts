import type { Form } from './world.ts';

/** Forms whose migration and rollback are told. */
export const FORMS: readonly Form[] = [
  { place: 'table', label: true },
  { place: 'table', records: 2 },
  { place: 'table', label: true, version: true },
  { place: 'table', algorithm: 'empty' },
  { place: 'table', label: true, writeTo: true },
  { place: 'bucket', label: true },
  { place: 'bucket', label: true, versionedBucket: true },
];

/** Forms whose rollback depends on the same conditions as that of another form. */
export const FORWARD: readonly Form[] = [
  { place: 'table', algorithm: 'kept' },
  { place: 'table', writeTo: true, stale: true },
  { place: 'bucket', writeTo: true },
  { place: 'bucket', label: true, large: true },
  { place: 'bucket', label: true, large: true, copies: true },
  { place: 'bucket', label: true, large: true, copies: true, copied: true },
];

export const WITH_COPIES: readonly Form[] = (['table', 'bucket'] as const).flatMap(place => [
  { place, label: true, copies: true },
  { place, label: true, copies: true, copied: true, ...(place === 'bucket' && { versionedBucket: true }) },
]);

export const REFUSED: readonly Form[] = [
  { place: 'table', records: 5 },
  { place: 'table', records: 5, copies: true },
  { place: 'bucket', records: 5 },
  { place: 'bucket', records: 5, copies: true },
];

export function formText({ place, ...flags }: Form): string {
  return [
    place,
    ...Object.entries(flags).map(([name, kind]) => (kind === true ? name : `${name} ${kind}`)),
  ].join(', ');
}
