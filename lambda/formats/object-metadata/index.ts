import { Buffer } from 'node:buffer';
import type { Finding } from '../../core/model/data-key.ts';
import type { BoundFormat, FormatDefinition, Replacement } from '../../core/model/format.ts';
import type { ObjectRecord, RecordChange, StoreRecord } from '../../core/model/record.ts';
import { ciphertextFromBase64 } from '../ciphertext.ts';
import { buildContext, type ContextValue } from '../context-template.ts';
import { objectMetadataConfig, type ObjectMetadataConfig } from './config.ts';

/** One encrypted data key in the user-defined metadata of an S3 object. */
export const objectMetadataFormat: FormatDefinition = {
  name: 'object-metadata',
  store: 's3',
  configSchema: objectMetadataConfig,
  bind: config => bind(objectMetadataConfig.parse(config)),
};

function bind(config: ObjectMetadataConfig): BoundFormat {
  return {
    identity: config.dataKey,
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
  const built = buildContext(config.encryptionContext, place => contextValue(object, place));
  if (built.kind === 'missing')
    return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext: bytes.ciphertext }];
  const recordedKeyArn = config.keyArn === undefined ? undefined : entry(object, config.keyArn);
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext: bytes.ciphertext,
      encryptionContext: built.context,
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
    },
  ];
}

function contextValue(
  object: ObjectRecord,
  place: { readonly metadata?: unknown; readonly objectKey?: unknown },
): ContextValue {
  if (typeof place.metadata !== 'string') return { value: object.locator };
  const value = entry(object, place.metadata);
  return value === undefined ? { reason: `the object has no metadata ${place.metadata}` } : { value };
}

function replace(
  object: ObjectRecord,
  config: ObjectMetadataConfig,
  replacements: readonly Replacement[],
): RecordChange {
  const [replacement] = replacements;
  const old = entry(object, config.dataKey);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at metadata ${config.dataKey} of ${object.locator}`);
  const { keyArn } = config;
  return {
    kind: 'object-change',
    expect: { [config.dataKey]: old },
    set: {
      [config.dataKey]: Buffer.from(replacement.ciphertext).toString('base64'),
      ...(keyArn !== undefined &&
        entry(object, keyArn) !== undefined && { [keyArn]: replacement.destination.keyArn }),
    },
  };
}

function entry({ metadata }: ObjectRecord, name: string): string | undefined {
  return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

function needObject(record: StoreRecord): ObjectRecord {
  if (record.kind !== 'object')
    throw new TypeError(`the format object-metadata reads S3 objects, not ${record.kind}s`);
  return record;
}
