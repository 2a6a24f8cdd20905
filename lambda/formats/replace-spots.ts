import type { Replacement } from '../core/model/format.ts';
import type { DataKeyPlace } from '../core/model/place.ts';
import type { AttributePath, StoreRecord } from '../core/model/record.ts';
import { heldAt } from '../core/places/held-at.ts';
import { placeText } from '../core/places/pattern.ts';
import type { Spot, Spotted } from './spot.ts';

/** Writes new data keys and what belongs beside them, provided everything that they replace is unchanged. */
export function replaceSpots(
  record: StoreRecord,
  spots: readonly Spotted[],
  replacements: readonly Replacement[],
): readonly DataKeyPlace[] {
  const bySlot = new Map(
    spots.flatMap(spot => (spot.kind === 'spot' ? [[placeText(spot.path), spot] as const] : [])),
  );
  const changes = replacements.map(replacement => {
    const spot = bySlot.get(replacement.slot);
    if (spot === undefined)
      throw new TypeError(`nothing to replace at ${replacement.slot} of ${record.locator}`);
    return { spot, places: replaced(record, spot, replacement) };
  });
  const versions = changes.flatMap(({ spot }) => (spot.version === undefined ? [] : [spot.version]));
  return [...shared(changes.flatMap(({ places }) => places)), ...raised(record, versions)];
}

function replaced(record: StoreRecord, spot: Spot, replacement: Replacement): readonly DataKeyPlace[] {
  const { path, value, encoding, writeTo, beside } = spot;
  const slots = [replacement.slot];
  const at = writeTo?.path ?? path;
  const before = writeTo === undefined ? value : writeTo.value;
  const after = encoding.encode(replacement.ciphertext, before ?? value);
  const companions = beside.flatMap(({ path: place, after: of }): readonly DataKeyPlace[] => {
    const text = of(replacement);
    if (text === undefined) return [];
    return [{ path: place, before: heldAt(record, place), after: text, role: 'companion', slots }];
  });
  return [
    ...(writeTo === undefined
      ? []
      : [{ path, before: value, after: value, role: 'condition' as const, slots }]),
    { path: at, before, after, role: 'data-key', slots },
    ...companions,
  ];
}

/** Data keys may share a companion: it is written once, and belongs to all of them. */
function shared(places: readonly DataKeyPlace[]): readonly DataKeyPlace[] {
  const byPath = new Map<string, DataKeyPlace>();
  for (const place of places) {
    const name = JSON.stringify(place.path);
    const known = byPath.get(name);
    byPath.set(name, known === undefined ? place : { ...place, slots: [...known.slots, ...place.slots] });
  }
  return [...byPath.values()];
}

/** A writer that saves whole items conditionally on their version will then notice that its copy is out of date. */
function raised(record: StoreRecord, versions: readonly AttributePath[]): readonly DataKeyPlace[] {
  const [version] = versions;
  const held = version === undefined ? undefined : heldAt(record, version);
  if (version === undefined || held === undefined || !('N' in held)) return [];
  const after = { N: String(BigInt(held.N) + 1n) };
  return [{ path: version, before: held, after, role: 'version', slots: [] }];
}
