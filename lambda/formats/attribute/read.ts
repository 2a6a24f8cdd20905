import type { Finding } from '../../core/model/data-key.ts';
import type { Destination } from '../../core/model/format.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { AttributePath, ItemRecord } from '../../core/model/record.ts';
import { valueAt } from '../../core/model/attribute-path.ts';
import { foreignCompanion, writeToOf, type Held } from '../companions.ts';
import { buildContexts, type Resolvers } from '../context-template.ts';
import { formatAttributePath, hasRoomAt, needPath, samePath, textAt } from './attribute-path.ts';
import { contextValue, type AttributePlace } from './context-value.ts';
import { decode, isNothing, typeOf } from './encoding.ts';
import { writtenPlaces, type Places } from './places.ts';

/** The data key at its place in an item, or why it cannot be read. */
export function read(item: ItemRecord, places: Places, destination: Destination): readonly Finding[] {
  const { config, dataKey } = places;
  const slot = formatAttributePath(dataKey);
  const value = valueAt(item.attributes, dataKey);
  if (value === undefined || isNothing(value)) return [];
  const bytes = decode(value, config.encoding);
  if ('reason' in bytes) return [{ kind: 'unreadable', slot, reason: `attribute ${slot} ${bytes.reason}` }];
  const { ciphertext } = bytes;
  const built = buildContexts(config, resolvers(item, places, destination));
  if (built.kind === 'missing') return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext }];
  const reason = unwritable(item, places);
  if (reason !== undefined) return [{ kind: 'unsupported', slot, reason }];
  const recordedKeyArn = textAt(item.attributes, places.keyArn);
  const recordedAlgorithm = textAt(item.attributes, places.encryptionAlgorithm);
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext,
      contexts: built.contexts,
      readerContexts: built.readerContexts,
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
      ...(recordedAlgorithm !== undefined &&
        isEncryptionAlgorithm(recordedAlgorithm) && { recordedAlgorithm }),
      ...(places.writeTo !== undefined && { writeTo: writtenAt(item, places, ciphertext) }),
    },
  ];
}

/** Values as they are now, and as they will be once the run has written the companions of a data key. */
function resolvers(item: ItemRecord, places: Places, destination: Destination): Resolvers<AttributePlace> {
  const now = (place: AttributePlace): ReturnType<typeof contextValue> => contextValue(item, place);
  if (places.writeTo !== undefined) return { now, then: now };
  const then = (place: AttributePlace): ReturnType<typeof contextValue> => {
    const path = place.attribute === undefined ? undefined : needPath(place.attribute);
    if (samePath(path, places.keyArn) && textAt(item.attributes, places.keyArn) !== undefined)
      return { value: destination.keyArn };
    if (samePath(path, places.encryptionAlgorithm)) return { value: destination.encryptionAlgorithm };
    return now(place);
  };
  return { now, then };
}

/** Why a run must not write to this item; `undefined` if it may. */
function unwritable(item: ItemRecord, places: Places): string | undefined {
  const { config, writeTo, version } = places;
  const name = (path: AttributePath): string => `attribute ${formatAttributePath(path)}`;
  const held = (path: AttributePath): Held => heldAt(item, path);
  const foreign = foreignCompanion(writtenPlaces(places), { held, name });
  if (foreign !== undefined) return foreign;
  const raised = version === undefined ? undefined : valueAt(item.attributes, version);
  if (version !== undefined && raised !== undefined && !('N' in raised && /^-?\d+$/.test(raised.N)))
    return `${name(version)} is not a whole number; the job says that it holds the version of the item`;
  if (writeTo === undefined) return undefined;
  if (!hasRoomAt(item.attributes, writeTo.dataKey))
    return `the item has no map ${formatAttributePath(writeTo.dataKey.slice(0, -1))} to write the new data key to`;
  const there = valueAt(item.attributes, writeTo.dataKey);
  return isNothing(there) || (there !== undefined && 'ciphertext' in decode(there, config.encoding))
    ? undefined
    : `${name(writeTo.dataKey)} holds something else than a data key, and the job writes new data keys there`;
}

function heldAt({ attributes }: ItemRecord, path: AttributePath): Held {
  const value = valueAt(attributes, path);
  if (value === undefined) return { kind: 'nothing' };
  return 'S' in value ? { kind: 'text', text: value.S } : { kind: 'other', type: typeOf(value) };
}

function writtenAt(
  { attributes }: ItemRecord,
  { config, writeTo }: Places,
  source: Uint8Array,
): ReturnType<typeof writeToOf> {
  const path = writeTo?.dataKey ?? [];
  const value = valueAt(attributes, path);
  const bytes = value === undefined ? undefined : decode(value, config.encoding);
  return writeToOf(formatAttributePath(path), {
    source,
    ciphertext: bytes !== undefined && 'ciphertext' in bytes ? bytes.ciphertext : undefined,
    recordedDigest: textAt(attributes, writeTo?.sourceDigest),
    recordedKeyArn: textAt(attributes, writeTo?.keyArn),
  });
}
