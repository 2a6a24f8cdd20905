import type { PlaceChange } from '../model/place.ts';
import type { ObjectRecord, StoreRecord } from '../model/record.ts';
import { atContainers } from './containers.ts';
import { isAnnotation, isBody } from './held-at.ts';
import { isWritten } from './same-value.ts';
import { changedAttributes, changedTexts } from './set-places.ts';

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
        ...changedAnnotations(record, written),
        metadata: changedTexts(
          record.metadata,
          written.filter(({ path: [first] }) => !isBody(first) && !isAnnotation(first)),
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

function changedAnnotations(
  { annotations }: ObjectRecord,
  written: readonly PlaceChange[],
): Pick<ObjectRecord, 'annotations'> {
  const settings = written.flatMap(({ path: [first], after }) =>
    isAnnotation(first) ? [{ path: [first.name], after }] : [],
  );
  return settings.length === 0 ? {} : { annotations: changedTexts(annotations ?? {}, settings) };
}

/** Whether a change writes to the body of an object. */
export function writesBody(places: readonly PlaceChange[]): boolean {
  return places.some(place => isBody(place.path[0]) && isChange(place));
}

/** Whether a change writes to an annotation of an object. */
export function writesAnnotation(places: readonly PlaceChange[]): boolean {
  return places.some(place => isAnnotation(place.path[0]) && isChange(place));
}

function isChange(place: PlaceChange): boolean {
  return isWritten(place) || place.written !== undefined;
}
