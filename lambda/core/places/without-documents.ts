import type { PlaceChange, PlacePattern } from '../model/place.ts';
import type { AttributePath, StoreRecord } from '../model/record.ts';
import { changed } from './changed.ts';
import { matchedPlaces } from './expand.ts';
import { isDocumentStep } from './value-at.ts';

/**
 * A record without the values at these places, as far as they are within documents: what lies beside them in a document can
 * then be looked at as part of the whole text. Places that cannot be opened stay as they are.
 */
export function withoutDocumentPlaces<Kind extends StoreRecord>(
  record: Kind,
  places: readonly PlacePattern[],
): Kind {
  if (record.hidden !== undefined) return record;
  const documents = new Map<string, PlacePattern[]>();
  for (const pattern of places) {
    const at = pattern.findIndex(isDocumentStep);
    if (at < 0) continue;
    const name = JSON.stringify(pattern[at]);
    documents.set(name, [...(documents.get(name) ?? []), pattern]);
  }
  // JSON is YAML, too: what is gone from the one document is looked for again in the other.
  return [...documents.values()].reduce(withoutPlaces, record);
}

function withoutPlaces<Kind extends StoreRecord>(record: Kind, places: readonly PlacePattern[]): Kind {
  const gone = places.flatMap(pattern =>
    matchedPlaces(record, pattern).flatMap((place): readonly PlaceChange[] => {
      if (place.kind === 'closed') return [];
      const { path, value: before } = place;
      return [{ path, before, after: isMemberOfJson(path) ? undefined : emptyLike(before) }];
    }),
  );
  return gone.length === 0 ? record : changed(record, gone);
}

/** A run may have added it, so it is removed. Elsewhere, what is removed could move the values beside it. */
function isMemberOfJson(path: AttributePath): boolean {
  const document = path.findLast(isDocumentStep);
  return isDocumentStep(document) && document.as === 'json' && typeof path.at(-1) === 'string';
}

function emptyLike(value: PlaceChange['before']): PlaceChange['after'] {
  return value !== undefined && 'B' in value ? { B: new Uint8Array() } : { S: '' };
}
