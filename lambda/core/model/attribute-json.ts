import { Buffer } from 'node:buffer';
import type { AttributeMap, AttributeValue } from './record.ts';

/** An attribute value in the JSON of the DynamoDB API, binary as base64; `null` for nothing. */
export function toJson(value: AttributeValue | undefined): unknown {
  if (value === undefined) return null;
  if ('B' in value) return { B: base64(value.B) };
  if ('BS' in value) return { BS: value.BS.map(base64) };
  if ('L' in value) return { L: value.L.map(toJson) };
  if ('M' in value)
    return {
      M: Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, toJson(member)])),
    };
  return value;
}

/** The attribute value of such JSON; `undefined` for nothing. */
export function fromJson(json: unknown): AttributeValue | undefined {
  if (json === null) return undefined;
  const value = json as Readonly<Record<string, unknown>>;
  if ('B' in value) return { B: Buffer.from(value['B'] as string, 'base64') };
  if ('BS' in value) return { BS: (value['BS'] as string[]).map(text => Buffer.from(text, 'base64')) };
  if ('L' in value) return { L: (value['L'] as unknown[]).flatMap(one => fromJson(one) ?? []) };
  if ('M' in value) return { M: mapFromJson(value['M'] as Readonly<Record<string, unknown>>) };
  return json as AttributeValue;
}

function mapFromJson(map: Readonly<Record<string, unknown>>): AttributeMap {
  const members = Object.entries(map).flatMap(([name, member]) => {
    const value = fromJson(member);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
