import type { Replacement } from '../../core/model/format.ts';
import type { DataKeyPlace } from '../../core/model/place.ts';
import type { AttributePath, ItemRecord } from '../../core/model/record.ts';
import { valueAt } from '../../core/model/attribute-path.ts';
import { companions, type Companion } from '../companions.ts';
import { formatAttributePath, hasRoomAt } from './attribute-path.ts';
import { decode, encode } from './encoding.ts';
import { writtenPlaces, type Places } from './places.ts';

/** Writes a new data key and its companions where the job wants them, provided everything they replace is unchanged. */
export function replace(
  item: ItemRecord,
  places: Places,
  replacements: readonly Replacement[],
): readonly DataKeyPlace[] {
  const { config, dataKey, writeTo } = places;
  const [replacement] = replacements;
  const old = valueAt(item.attributes, dataKey);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at ${formatAttributePath(dataKey)} of ${item.locator}`);
  const path = writeTo?.dataKey ?? dataKey;
  const source = writeTo === undefined ? undefined : decode(old, config.encoding);
  const beside = companions(
    writtenPlaces(places),
    replacement,
    source !== undefined && 'ciphertext' in source ? source.ciphertext : undefined,
  );
  const form = writeTo === undefined ? old : (valueAt(item.attributes, path) ?? old);
  const after = encode(replacement.ciphertext, config.encoding, form);
  const slots = [replacement.slot];
  const at = (place: AttributePath): Pick<DataKeyPlace, 'path' | 'before'> => ({
    path: place,
    before: valueAt(item.attributes, place),
  });
  return [
    ...(writeTo === undefined ? [] : [{ ...at(dataKey), after: old, role: 'condition' as const, slots }]),
    { ...at(path), after, role: 'data-key', slots },
    ...beside
      .filter(one => fits(item, one))
      .map(({ place, text }) => ({ ...at(place), after: { S: text }, role: 'companion' as const, slots })),
    ...raisedVersion(item, places),
  ];
}

/** A place can be written if it exists or, for new places, if its parent map exists. */
function fits({ attributes }: ItemRecord, { place, onlyIfThere }: Companion<AttributePath>): boolean {
  return onlyIfThere ? valueAt(attributes, place) !== undefined : hasRoomAt(attributes, place);
}

/** A writer that saves whole items conditionally on their version will then notice that its copy is out of date. */
function raisedVersion({ attributes }: ItemRecord, { version }: Places): readonly DataKeyPlace[] {
  const held = version === undefined ? undefined : valueAt(attributes, version);
  if (version === undefined || held === undefined || !('N' in held)) return [];
  const after = { N: String(BigInt(held.N) + 1n) };
  return [{ path: version, before: held, after, role: 'version', slots: [] }];
}
