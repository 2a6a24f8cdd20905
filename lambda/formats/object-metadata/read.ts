import type { Finding } from '../../core/model/data-key.ts';
import type { Destination } from '../../core/model/format.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { foreignCompanion, writeToOf } from '../companions.ts';
import { buildContexts, type ContextValue, type Resolvers } from '../context-template.ts';
import { decodeText } from '../text-encoding.ts';
import type { MetadataPlace, ObjectMetadataConfig } from './config.ts';

/** The data key in its entry of an object's metadata, or why it cannot be read. An empty entry means "no data key". */
export function read(
  object: ObjectRecord,
  config: ObjectMetadataConfig,
  destination: Destination,
): readonly Finding[] {
  const slot = config.dataKey;
  const value = entry(object, slot);
  if (value === undefined || value === '') return [];
  const bytes = decodeText(value, config.encoding);
  if ('reason' in bytes) return [{ kind: 'unreadable', slot, reason: `metadata ${slot} ${bytes.reason}` }];
  const { ciphertext } = bytes;
  const built = buildContexts(config, resolvers(object, config, destination));
  if (built.kind === 'missing') return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext }];
  const reason = unwritable(object, config);
  if (reason !== undefined) return [{ kind: 'unsupported', slot, reason }];
  const recordedKeyArn = entry(object, config.keyArn);
  const recordedAlgorithm = entry(object, config.encryptionAlgorithm) ?? '';
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext,
      contexts: built.contexts,
      readerContexts: built.readerContexts,
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
      ...(isEncryptionAlgorithm(recordedAlgorithm) && { recordedAlgorithm }),
      ...(config.writeTo !== undefined && { writeTo: writtenAt(object, config, ciphertext) }),
    },
  ];
}

/** The text of a metadata entry. */
export function entry({ metadata }: ObjectRecord, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

/** Values as they are now, and as they will be once the run has written the companions of a data key. */
function resolvers(
  object: ObjectRecord,
  config: ObjectMetadataConfig,
  destination: Destination,
): Resolvers<MetadataPlace> {
  const now = (place: MetadataPlace): ContextValue => contextValue(object, place);
  if (config.writeTo !== undefined) return { now, then: now };
  const then = (place: MetadataPlace): ContextValue => {
    const name = 'metadata' in place ? place.metadata : undefined;
    if (name !== undefined && name === config.keyArn && entry(object, name) !== undefined)
      return { value: destination.keyArn };
    if (name !== undefined && name === config.encryptionAlgorithm)
      return { value: destination.encryptionAlgorithm };
    return now(place);
  };
  return { now, then };
}

function contextValue(object: ObjectRecord, place: MetadataPlace): ContextValue {
  if ('tag' in place) {
    const value = object.tags?.[place.tag];
    return value === undefined ? { reason: `the object has no tag ${place.tag}` } : { value };
  }
  if (!('metadata' in place)) return { value: object.locator };
  const value = entry(object, place.metadata);
  return value === undefined ? { reason: `the object has no metadata ${place.metadata}` } : { value };
}

/** Why a run must not write to this object; `undefined` if it may. */
function unwritable(object: ObjectRecord, config: ObjectMetadataConfig): string | undefined {
  const { writeTo, encoding } = config;
  const foreign = foreignCompanion<string>(writeTo ?? { ...config, sourceDigest: undefined }, {
    name: name => `metadata ${name}`,
    held: name => {
      const text = entry(object, name);
      return text === undefined ? { kind: 'nothing' } : { kind: 'text', text };
    },
  });
  if (foreign !== undefined || writeTo === undefined) return foreign;
  const there = entry(object, writeTo.dataKey) ?? '';
  return there === '' || 'ciphertext' in decodeText(there, encoding)
    ? undefined
    : `metadata ${writeTo.dataKey} holds something else than a data key, and the job writes new data keys there`;
}

function writtenAt(
  object: ObjectRecord,
  { encoding, writeTo }: ObjectMetadataConfig,
  source: Uint8Array,
): ReturnType<typeof writeToOf> {
  const slot = writeTo?.dataKey ?? '';
  const value = entry(object, slot);
  const bytes = value === undefined ? undefined : decodeText(value, encoding);
  return writeToOf(slot, {
    source,
    ciphertext: bytes !== undefined && 'ciphertext' in bytes ? bytes.ciphertext : undefined,
    recordedDigest: entry(object, writeTo?.sourceDigest),
    recordedKeyArn: entry(object, writeTo?.keyArn),
  });
}
