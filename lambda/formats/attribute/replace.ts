import type { Replacement } from '../../core/model/format.ts';
import type { AttributePath, AttributeValue, ItemRecord, RecordChange } from '../../core/model/record.ts';
import { valueAt } from '../../core/model/attribute-path.ts';
import { companions, type Companion } from '../companions.ts';
import { formatAttributePath, hasRoomAt } from './attribute-path.ts';
import { decode, encode } from './encoding.ts';
import { writtenPlaces, type Places } from './places.ts';

interface Setting {
  readonly path: AttributePath;
  readonly value: AttributeValue;
}

/** Puts a new data key where the job wants it, with its companions, if everything it replaces is still there as it was read. */
export function replace(
  item: ItemRecord,
  places: Places,
  replacements: readonly Replacement[],
): RecordChange {
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
  const set: readonly Setting[] = [
    { path, value: encode(replacement.ciphertext, config.encoding, form) },
    ...beside.filter(one => fits(item, one)).map(({ place, text }) => ({ path: place, value: { S: text } })),
    ...raisedVersion(item, places),
  ];
  return {
    kind: 'item-change',
    expect: [
      { path: dataKey, value: old },
      ...set
        .filter(one => one.path !== dataKey)
        .map(one => ({ path: one.path, value: valueAt(item.attributes, one.path) })),
    ],
    set,
  };
}

/** A place is written where it is, or, where the job makes it, in a map that is there. */
function fits({ attributes }: ItemRecord, { place, onlyIfThere }: Companion<AttributePath>): boolean {
  return onlyIfThere ? valueAt(attributes, place) !== undefined : hasRoomAt(attributes, place);
}

/** A writer that saves whole items on condition of their version then finds that its copy is out of date. */
function raisedVersion({ attributes }: ItemRecord, { version }: Places): readonly Setting[] {
  const held = version === undefined ? undefined : valueAt(attributes, version);
  if (version === undefined || held === undefined || !('N' in held)) return [];
  return [{ path: version, value: { N: String(BigInt(held.N) + 1n) } }];
}
