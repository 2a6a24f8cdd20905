import type { StoreRecord } from '../core/model/record.ts';
import type { ClosedPlace } from '../core/places/expand.ts';
import { placeName } from './place-name.ts';
import type { NoSpot } from './spot.ts';

/** A place that cannot be opened, or not be changed without harm. */
export function closedSpot(record: StoreRecord, { path, reason, blocked }: ClosedPlace): NoSpot {
  const kind = blocked === true ? 'blocked' : 'unreadable';
  return { kind, path, reason: `${placeName(record, path)} ${reason}` };
}
