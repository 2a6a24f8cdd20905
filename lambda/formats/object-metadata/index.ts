import { Buffer } from 'node:buffer';
import type { Finding } from '../../core/model/data-key.ts';
import type { BoundFormat, FormatDefinition, Replacement } from '../../core/model/format.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { ObjectRecord, RecordChange, StoreRecord } from '../../core/model/record.ts';
import { ciphertextFromBase64 } from '../ciphertext.ts';
import { companions, declaredPlaces, writeToOf } from '../companions.ts';
import { buildContexts, contextNames, type ContextValue } from '../context-template.ts';
import { objectMetadataConfig, type ObjectMetadataConfig } from './config.ts';

/** One encrypted data key in the user-defined metadata of an S3 object. */
export const objectMetadataFormat: FormatDefinition = {
  name: 'object-metadata',
  store: 's3',
  configSchema: objectMetadataConfig,
  bind: config => bind(objectMetadataConfig.parse(config)),
};

function bind(config: ObjectMetadataConfig): BoundFormat {
  const places = Object.values({ ...config.encryptionContext, ...config.destinationEncryptionContext });
  return {
    identity: config.dataKey,
    keepsSource: config.writeTo !== undefined,
    needsTags: places.some(place => typeof place !== 'string' && 'tag' in place),
    contextNames: contextNames(config),
    declared: declaredPlaces<string>(config, config.writeTo).map(name => [name]),
    read: record => read(needObject(record), config),
    replace: (record, replacements) => replace(needObject(record), config, replacements),
  };
}

function read(object: ObjectRecord, config: ObjectMetadataConfig): readonly Finding[] {
  const slot = config.dataKey;
  const value = entry(object, slot);
  if (value === undefined) return [];
  const bytes = ciphertextFromBase64(value);
  if ('reason' in bytes) return [{ kind: 'unreadable', slot, reason: `metadata ${slot} ${bytes.reason}` }];
  const { ciphertext } = bytes;
  const built = buildContexts(config, place => contextValue(object, place));
  if (built.kind === 'missing') return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext }];
  const recordedKeyArn = entry(object, config.keyArn);
  const recordedAlgorithm = entry(object, config.encryptionAlgorithm) ?? '';
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext,
      encryptionContext: built.encryptionContext,
      ...(built.destinationContext !== undefined && { destinationContext: built.destinationContext }),
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
      ...(isEncryptionAlgorithm(recordedAlgorithm) && { recordedAlgorithm }),
      ...(config.writeTo !== undefined && { writeTo: writtenAt(object, config.writeTo, ciphertext) }),
    },
  ];
}

function writtenAt(
  object: ObjectRecord,
  { dataKey, sourceDigest }: NonNullable<ObjectMetadataConfig['writeTo']>,
  source: Uint8Array,
): ReturnType<typeof writeToOf> {
  const value = entry(object, dataKey);
  const bytes = value === undefined ? undefined : ciphertextFromBase64(value);
  return writeToOf(dataKey, {
    source,
    ciphertext: bytes !== undefined && 'ciphertext' in bytes ? bytes.ciphertext : undefined,
    recordedDigest: entry(object, sourceDigest),
  });
}

function contextValue(
  object: ObjectRecord,
  place: { readonly metadata?: unknown; readonly objectKey?: unknown; readonly tag?: unknown },
): ContextValue {
  if (typeof place.tag === 'string') {
    const value = object.tags?.[place.tag];
    return value === undefined ? { reason: `the object has no tag ${place.tag}` } : { value };
  }
  if (typeof place.metadata !== 'string') return { value: object.locator };
  const value = entry(object, place.metadata);
  return value === undefined ? { reason: `the object has no metadata ${place.metadata}` } : { value };
}

function replace(
  object: ObjectRecord,
  config: ObjectMetadataConfig,
  replacements: readonly Replacement[],
): RecordChange {
  const { dataKey, writeTo } = config;
  const [replacement] = replacements;
  const old = entry(object, dataKey);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at metadata ${dataKey} of ${object.locator}`);
  const name = writeTo?.dataKey ?? dataKey;
  const beside = companions(
    writeTo ?? { keyArn: config.keyArn, encryptionAlgorithm: config.encryptionAlgorithm },
    replacement,
    writeTo === undefined ? undefined : Buffer.from(old, 'base64'),
  );
  return {
    kind: 'object-change',
    expect: { [dataKey]: old, ...(writeTo !== undefined && { [name]: entry(object, name) }) },
    set: {
      [name]: Buffer.from(replacement.ciphertext).toString('base64'),
      ...Object.fromEntries(
        beside
          .filter(({ place, onlyIfThere }) => !onlyIfThere || entry(object, place) !== undefined)
          .map(({ place, text }) => [place, text]),
      ),
    },
  };
}

function entry({ metadata }: ObjectRecord, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

function needObject(record: StoreRecord): ObjectRecord {
  if (record.kind !== 'object')
    throw new TypeError(`the format object-metadata reads S3 objects, not ${record.kind}s`);
  return record;
}
