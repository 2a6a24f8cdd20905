import { AwsError } from '../protocol/aws-error.ts';
import { numberWithin } from './members.ts';

/** Small by default, so that paging really happens. */
const DEFAULT_LIMIT = 10;

/** KMS paging: Limit and Marker in, Truncated and NextMarker out. */
export function page(
  input: Readonly<Record<string, unknown>>,
  member: string,
  entries: readonly unknown[],
): object {
  const start = input['Marker'] === undefined ? 0 : Number(input['Marker']);
  if (!Number.isInteger(start))
    throw new AwsError('InvalidMarkerException', 'the marker is not one of this service');
  const end = start + (numberWithin(input, 'Limit', { from: 1, to: 1000 }) ?? DEFAULT_LIMIT);
  const truncated = end < entries.length;
  return {
    [member]: entries.slice(start, end),
    Truncated: truncated,
    ...(truncated && { NextMarker: String(end) }),
  };
}
