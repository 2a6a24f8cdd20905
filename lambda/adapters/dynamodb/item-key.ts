import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type SdkItem = Record<string, AttributeValue>;

/** A primary key as compact JSON, with binary values in base64: readable, and restored without loss. */
export function encodeKey(key: SdkItem): string {
  return JSON.stringify(key, (_, value: unknown) =>
    value instanceof Uint8Array || isBufferJson(value) ? toBase64(value) : value,
  );
}

export function decodeKey(text: string): SdkItem {
  const key = JSON.parse(text) as Record<string, { readonly B?: string }>;
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') },
    ]),
  ) as SdkItem;
}

function isBufferJson(value: unknown): value is { readonly type: 'Buffer'; readonly data: number[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly type?: unknown }).type === 'Buffer' &&
    Array.isArray((value as { readonly data?: unknown }).data)
  );
}

function toBase64(value: Uint8Array | { readonly data: number[] }): string {
  return Buffer.from(value instanceof Uint8Array ? value : value.data).toString('base64');
}
