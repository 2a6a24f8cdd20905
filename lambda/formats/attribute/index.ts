import type { Finding } from '../../core/model/data-key.ts';
import type { BoundFormat, FormatDefinition, Replacement } from '../../core/model/format.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { AttributePath, ItemRecord, RecordChange, StoreRecord } from '../../core/model/record.ts';
import { companions, declaredPlaces, writeToOf, type Companion } from '../companions.ts';
import { buildContexts, contextNames } from '../context-template.ts';
import { valueAt } from '../../core/model/attribute-path.ts';
import { formatAttributePath, hasRoomAt, textAt } from './attribute-path.ts';
import { attributeConfig } from './config.ts';
import { contextValue } from './context-value.ts';
import { decode, encode } from './encoding.ts';
import { placesOf, type Places } from './places.ts';

/** One encrypted data key at a fixed path of a DynamoDB item. */
export const attributeFormat: FormatDefinition = {
  name: 'attribute',
  store: 'dynamodb',
  configSchema: attributeConfig,
  bind: config => bind(placesOf(attributeConfig.parse(config))),
};

function bind(places: Places): BoundFormat {
  const { config, dataKey, writeTo } = places;
  return {
    identity: formatAttributePath(dataKey),
    keepsSource: writeTo !== undefined,
    needsTags: false,
    contextNames: contextNames(config),
    declared: declaredPlaces(places, writeTo),
    read: record => read(needItem(record), places),
    replace: (record, replacements) => replace(needItem(record), places, replacements),
  };
}

function read(item: ItemRecord, places: Places): readonly Finding[] {
  const { config, dataKey, writeTo } = places;
  const { attributes } = item;
  const value = valueAt(attributes, dataKey);
  if (value === undefined) return [];
  const slot = formatAttributePath(dataKey);
  const bytes = decode(value, config.encoding);
  if ('reason' in bytes) return [{ kind: 'unreadable', slot, reason: `attribute ${slot} ${bytes.reason}` }];
  const { ciphertext } = bytes;
  const built = buildContexts(config, place => contextValue(item, place));
  if (built.kind === 'missing') return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext }];
  if (writeTo !== undefined && !hasRoomAt(attributes, writeTo.dataKey)) {
    const parent = formatAttributePath(writeTo.dataKey.slice(0, -1));
    return [
      { kind: 'unsupported', slot, reason: `the item has no map ${parent} to write the new data key to` },
    ];
  }
  const recordedKeyArn = textAt(attributes, places.keyArn);
  const recordedAlgorithm = textAt(attributes, places.encryptionAlgorithm);
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext,
      encryptionContext: built.encryptionContext,
      ...(built.destinationContext !== undefined && { destinationContext: built.destinationContext }),
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
      ...(recordedAlgorithm !== undefined &&
        isEncryptionAlgorithm(recordedAlgorithm) && { recordedAlgorithm }),
      ...(writeTo !== undefined && { writeTo: writtenAt(item, places, ciphertext) }),
    },
  ];
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
  });
}

function replace(item: ItemRecord, places: Places, replacements: readonly Replacement[]): RecordChange {
  const { config, dataKey, writeTo } = places;
  const [replacement] = replacements;
  const old = valueAt(item.attributes, dataKey);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at ${formatAttributePath(dataKey)} of ${item.locator}`);
  const path = writeTo?.dataKey ?? dataKey;
  const source = writeTo === undefined ? undefined : decode(old, config.encoding);
  const beside = companions(
    writeTo ?? places,
    replacement,
    source !== undefined && 'ciphertext' in source ? source.ciphertext : undefined,
  );
  return {
    kind: 'item-change',
    expect: [
      { path: dataKey, value: old },
      ...(writeTo === undefined ? [] : [{ path, value: valueAt(item.attributes, path) }]),
    ],
    set: [
      { path, value: encode(replacement.ciphertext, config.encoding) },
      ...beside
        .filter(one => fits(item, one))
        .map(({ place, text }) => ({ path: place, value: { S: text } })),
    ],
  };
}

/** A place is written where it is, or, where the job makes it, in a map that is there. */
function fits({ attributes }: ItemRecord, { place, onlyIfThere }: Companion<AttributePath>): boolean {
  return onlyIfThere ? valueAt(attributes, place) !== undefined : hasRoomAt(attributes, place);
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item')
    throw new TypeError(`the format attribute reads DynamoDB items, not ${record.kind}s`);
  return record;
}
