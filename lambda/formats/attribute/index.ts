import { Buffer } from 'node:buffer';
import type { Finding } from '../../core/model/data-key.ts';
import type { BoundFormat, FormatDefinition, Replacement } from '../../core/model/format.ts';
import type {
  AttributePath,
  AttributeValue,
  ItemRecord,
  RecordChange,
  StoreRecord,
} from '../../core/model/record.ts';
import { ciphertextFromBase64, ciphertextFromBytes, type ReadCiphertext } from '../ciphertext.ts';
import { buildContext, type ContextValue } from '../context-template.ts';
import { formatAttributePath, parsePath, valueAt } from './attribute-path.ts';
import { attributeConfig, type AttributeConfig } from './config.ts';

/** One encrypted data key at a fixed path of a DynamoDB item. */
export const attributeFormat: FormatDefinition = {
  name: 'attribute',
  store: 'dynamodb',
  configSchema: attributeConfig,
  bind: config => bind(attributeConfig.parse(config)),
};

function bind(config: AttributeConfig): BoundFormat {
  const path = needPath(config.dataKey);
  const keyArnPath = config.keyArn === undefined ? undefined : needPath(config.keyArn);
  return {
    identity: formatAttributePath(path),
    read: record => read(needItem(record), config, { path, keyArnPath }),
    replace: (record, replacements) => replace(needItem(record), config, { replacements, path, keyArnPath }),
  };
}

interface Paths {
  readonly path: AttributePath;
  readonly keyArnPath: AttributePath | undefined;
}

function read(item: ItemRecord, config: AttributeConfig, { path, keyArnPath }: Paths): readonly Finding[] {
  const value = valueAt(item.attributes, path);
  if (value === undefined) return [];
  const slot = formatAttributePath(path);
  const bytes = readCiphertext(value, config.encoding);
  if ('reason' in bytes) return [{ kind: 'unreadable', slot, reason: `attribute ${slot} ${bytes.reason}` }];
  const built = buildContext(config.encryptionContext, place => contextValue(item, place));
  if (built.kind === 'missing')
    return [{ kind: 'unreadable', slot, reason: built.reason, ciphertext: bytes.ciphertext }];
  const recorded = keyArnPath === undefined ? undefined : valueAt(item.attributes, keyArnPath);
  return [
    {
      kind: 'data-key',
      slot,
      ciphertext: bytes.ciphertext,
      encryptionContext: built.context,
      ...(recorded !== undefined && 'S' in recorded && { recordedKeyArn: recorded.S }),
    },
  ];
}

function readCiphertext(value: AttributeValue, encoding: AttributeConfig['encoding']): ReadCiphertext {
  switch (encoding) {
    case 'binary':
      return 'B' in value
        ? ciphertextFromBytes(value.B)
        : { reason: `is of type ${typeOf(value)}; the job says binary, type B` };
    case 'base64':
      return 'S' in value
        ? ciphertextFromBase64(value.S)
        : { reason: `is of type ${typeOf(value)}; the job says base64, type S` };
  }
}

/** Strings and numbers verbatim, as DynamoDB returns them; binary as base64. Nothing else has one text. */
function contextValue(
  item: ItemRecord,
  place: { readonly attribute?: unknown; readonly keyAttribute?: unknown },
): ContextValue {
  const { attribute, keyAttribute } = place as {
    readonly attribute?: string | (string | number)[];
    readonly keyAttribute?: string;
  };
  const path = keyAttribute === undefined ? needPath(attribute ?? []) : [keyAttribute];
  const name = formatAttributePath(path);
  const value = valueAt(keyAttribute === undefined ? item.attributes : item.key, path);
  if (value === undefined)
    return {
      reason: `the item has no ${keyAttribute === undefined ? 'attribute' : 'key attribute'} ${name}`,
    };
  if ('S' in value) return { value: value.S };
  if ('N' in value) return { value: value.N };
  if ('B' in value) return { value: Buffer.from(value.B).toString('base64') };
  return {
    reason: `attribute ${name} is of type ${typeOf(value)}; a context value is a string, number or binary`,
  };
}

interface Replacing extends Paths {
  readonly replacements: readonly Replacement[];
}

function replace(
  item: ItemRecord,
  config: AttributeConfig,
  { replacements, path, keyArnPath }: Replacing,
): RecordChange {
  const [replacement] = replacements;
  const old = valueAt(item.attributes, path);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at ${formatAttributePath(path)} of ${item.locator}`);
  const hasKeyArn = keyArnPath !== undefined && valueAt(item.attributes, keyArnPath) !== undefined;
  return {
    kind: 'item-change',
    expect: [{ path, value: old }],
    set: [
      { path, value: encode(replacement.ciphertext, config.encoding) },
      ...(hasKeyArn ? [{ path: keyArnPath, value: { S: replacement.destination.keyArn } }] : []),
    ],
  };
}

function encode(ciphertext: Uint8Array, encoding: AttributeConfig['encoding']): AttributeValue {
  switch (encoding) {
    case 'binary':
      return { B: ciphertext };
    case 'base64':
      return { S: Buffer.from(ciphertext).toString('base64') };
  }
}

function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? 'unknown';
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item')
    throw new TypeError(`the format attribute reads DynamoDB items, not ${record.kind}s`);
  return record;
}

function needPath(path: string | readonly (string | number)[]): AttributePath {
  const parsed = parsePath(path);
  if (parsed === undefined) throw new TypeError(`no attribute path: ${JSON.stringify(path)}`);
  return parsed;
}
