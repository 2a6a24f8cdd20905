import { Buffer } from 'node:buffer';
import { digest } from '../scan/digest.ts';
import type { AttributeMap, AttributeValue, RecordChange, StoreRecord } from '../model/record.ts';
import { valueAt } from '../model/attribute-path.ts';
import type { UndoPlace } from './entries.ts';

/** What a change does to a record, so that it can be undone: each place, what lies there, and a digest of what will. */
export function undoOf(record: StoreRecord, change: RecordChange): readonly UndoPlace[] {
  switch (change.kind) {
    case 'item-change':
      return change.set.map(({ path, value }) => ({
        path,
        before: record.kind === 'item' ? encoded(valueAt(record.attributes, path)) : null,
        afterDigest: placeDigest(encoded(value)),
      }));
    case 'object-change':
      return Object.entries(change.set).map(([name, text]) => ({
        path: [name],
        before: record.kind === 'object' ? (record.metadata[name] ?? null) : null,
        afterDigest: placeDigest(text ?? null),
      }));
  }
}

/** Of what lies at a place, in the journal's notation. */
export function placeDigest(value: unknown): string {
  return digest(Buffer.from(JSON.stringify(value)));
}

/** An attribute value in typed JSON, binary as base64; `null` for nothing. */
export function encoded(value: AttributeValue | undefined): unknown {
  if (value === undefined) return null;
  if ('B' in value) return { B: base64(value.B) };
  if ('BS' in value) return { BS: value.BS.map(base64) };
  if ('L' in value) return { L: value.L.map(encoded) };
  if ('M' in value)
    return {
      M: Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, encoded(member)])),
    };
  return value;
}

/** The attribute value that was encoded; `undefined` for nothing. */
export function decoded(json: unknown): AttributeValue | undefined {
  if (json === null) return undefined;
  const value = json as Readonly<Record<string, unknown>>;
  if ('B' in value) return { B: Buffer.from(value['B'] as string, 'base64') };
  if ('BS' in value) return { BS: (value['BS'] as string[]).map(text => Buffer.from(text, 'base64')) };
  if ('L' in value) return { L: (value['L'] as unknown[]).flatMap(one => decoded(one) ?? []) };
  if ('M' in value) return { M: decodedMap(value['M'] as Readonly<Record<string, unknown>>) };
  return json as AttributeValue;
}

function decodedMap(map: Readonly<Record<string, unknown>>): AttributeMap {
  const members = Object.entries(map).flatMap(([name, member]) => {
    const value = decoded(member);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** The ciphertext in base64, as a slot holds it: binary, a base64 text, or the text of a metadata entry. */
export function ciphertextText(held: unknown): string | null {
  if (typeof held === 'string') return held;
  const { B, S } = (held ?? {}) as { readonly B?: string; readonly S?: string };
  return B ?? S ?? null;
}
