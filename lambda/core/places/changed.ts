import type { PlaceChange } from '../model/place.ts';
import type { ObjectRecord, StoreRecord } from '../model/record.ts';
import { atContainers } from './containers.ts';
import { isBody } from './held-at.ts';
import { isWritten } from './same-value.ts';
import { changedAttributes, changedMetadata } from './set-places.ts';

/** A record as it will be after a change. Throws a TypeError if the parent of a place does not exist. */
export function changed<Kind extends StoreRecord>(record: Kind, places: readonly PlaceChange[]): Kind {
  const written = atContainers(record, places).filter(isWritten);
  switch (record.kind) {
    case 'item':
      return { ...record, attributes: changedAttributes(record.attributes, written) };
    case 'object':
      return {
        ...record,
        ...changedBody(record, written),
        metadata: changedMetadata(
          record.metadata,
          written.filter(({ path }) => !isBody(path[0])),
        ),
      };
  }
}

function changedBody({ size }: ObjectRecord, written: readonly PlaceChange[]): Partial<ObjectRecord> {
  const body = written.find(({ path }) => isBody(path[0]))?.after;
  if (body === undefined) return { size };
  if (!('B' in body)) throw new TypeError('the body of an object is bytes');
  return { body, size: body.B.length };
}

/** Whether a change writes to the body of an object. */
export function writesBody(places: readonly PlaceChange[]): boolean {
  return places.some(place => isBody(place.path[0]) && (isWritten(place) || place.written !== undefined));
}
