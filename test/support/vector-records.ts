import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  AttributeMap,
  AttributeValue,
  ItemRecord,
  ObjectRecord,
} from '../../lambda/core/model/record.ts';
import { object } from './builders.ts';

const FOLDER = fileURLToPath(new URL('../vectors/', import.meta.url));

/** DynamoDB's JSON, in which bytes are base64. */
interface WireValue {
  readonly B?: string;
  readonly M?: Readonly<Record<string, WireValue>>;
  readonly L?: readonly WireValue[];
  readonly BS?: readonly string[];
}

interface Vector {
  readonly tables?: Readonly<
    Record<
      string,
      { readonly key: readonly string[]; readonly items: readonly Readonly<Record<string, WireValue>>[] }
    >
  >;
  readonly buckets?: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly metadata: Record<string, string>; readonly body: string }>>
    >
  >;
}

/** What one client wrote into one store, as records of that store. */
export interface VectorStore {
  readonly file: string;
  readonly store: string;
  readonly records: readonly { readonly record: ItemRecord | ObjectRecord; readonly body?: Uint8Array }[];
}

/** The records of a table or bucket of test/vectors/FILE. */
export function vectorStore(file: string, store: string): VectorStore {
  const vector = JSON.parse(readFileSync(join(FOLDER, `${file}.json`), 'utf8')) as Vector;
  const table = vector.tables?.[store];
  if (table !== undefined)
    return { file, store, records: table.items.map(item => ({ record: itemOf(item, table.key) })) };
  const objects = vector.buckets?.[store];
  if (objects === undefined) throw new Error(`no store ${store} in ${file}`);
  return {
    ...{ file, store },
    records: Object.entries(objects).map(([locator, { metadata, body }]) => ({
      record: { ...object(locator, metadata) },
      body: Buffer.from(body, 'base64'),
    })),
  };
}

function itemOf(wire: Readonly<Record<string, WireValue>>, names: readonly string[]): ItemRecord {
  const attributes = mapOf(wire);
  const key = Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
  return { kind: 'item', locator: JSON.stringify(key), key, attributes };
}

function mapOf(wire: Readonly<Record<string, WireValue>>): AttributeMap {
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(wire: WireValue): AttributeValue {
  if (wire.B !== undefined) return { B: Buffer.from(wire.B, 'base64') };
  if (wire.BS !== undefined) return { BS: wire.BS.map(text => Buffer.from(text, 'base64')) };
  if (wire.M !== undefined) return { M: mapOf(wire.M) };
  if (wire.L !== undefined) return { L: wire.L.map(valueOf) };
  return wire as AttributeValue;
}
