import { Buffer } from 'node:buffer';
import { member, parseJson } from '../json-member.ts';
import { databaseEsdkHeader } from './database-esdk-header.ts';
import { encryptedFile } from './encrypted-file.ts';
import { esdkMessage } from './esdk-message.ts';
import { AZURE, googleCiphertext, isAzureKeyName, vaultCiphertext } from './other-key-services.ts';
import type { Recogniser, RefusedCiphertext } from './refusal.ts';
import { tinkEnvelope } from './tink-envelope.ts';
import { tinkJsonKeyset, tinkKeyset } from './tink-keyset.ts';

/** By what bytes are. Each looks at the first bytes, and gives up there for almost all others. */
const OF_BYTES: readonly Recogniser[] = [
  esdkMessage,
  databaseEsdkHeader,
  googleCiphertext,
  tinkKeyset,
  tinkEnvelope,
  encryptedFile,
];

/** Nothing that is recognised has its structure further behind: the rest of a long value is not looked at. */
const MOST_BYTES = 262_144;

/**
 * What a single value is if it is something that cannot be re-wrapped server-side; `undefined` for anything else. The value
 * may be the bytes themselves, or the bytes of a text that holds them as base64 or hexadecimal. It is said to be something
 * only if its structure was read as that thing's, with all lengths.
 */
export function refusedCiphertext(bytes: Uint8Array): RefusedCiphertext | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ofBytes(buffer) ?? (startsAsText(buffer) ? ofText(textOf(buffer)) : undefined);
}

/** The same of a text. */
export function refusedText(text: string): RefusedCiphertext | undefined {
  return text.length < LEAST_TEXT ? undefined : refusedCiphertext(Buffer.from(text.slice(0, 2 * MOST_BYTES)));
}

/** A shorter text is nothing that is recognised here. */
const LEAST_TEXT = 12;

function ofBytes(bytes: Buffer): RefusedCiphertext | undefined {
  for (const recognise of OF_BYTES) {
    const refused = recognise(bytes);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function startsAsText(bytes: Buffer): boolean {
  return (
    bytes.length >= LEAST_TEXT &&
    bytes.subarray(0, 8).every(byte => byte < 0x7f && (byte >= 0x20 || isSpace(byte)))
  );
}

function isSpace(byte: number): boolean {
  return byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function textOf(bytes: Buffer): string {
  return bytes
    .subarray(0, 2 * MOST_BYTES)
    .toString('utf8')
    .trim();
}

function ofText(text: string): RefusedCiphertext | undefined {
  const plain = vaultCiphertext(text) ?? (isAzureKeyName(text) ? AZURE : undefined) ?? ofJson(text);
  if (plain !== undefined) return plain;
  const bytes = decoded(text);
  return bytes === undefined ? undefined : ofBytes(bytes);
}

function ofJson(text: string): RefusedCiphertext | undefined {
  const json = parseJson(text);
  if (json === undefined) return undefined;
  return tinkJsonKeyset(json) ?? (isAzureEnvelope(json) ? AZURE : undefined);
}

/** What the client-side encryption of Azure Storage keeps beside a blob. */
function isAzureEnvelope(json: unknown): boolean {
  const key = member(json, 'WrappedContentKey');
  const keyId = member(key, 'KeyId');
  return (
    typeof member(key, 'EncryptedKey') === 'string' && typeof keyId === 'string' && isAzureKeyName(keyId)
  );
}

const HEX = /^(?:[0-9a-f]{2})+$|^(?:[0-9A-F]{2})+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$|^[A-Za-z0-9_-]+={0,2}$/;

/** The bytes of a text that is nothing but their encoding, whatever its lines. */
function decoded(text: string): Buffer | undefined {
  const digits = text.includes('\n') ? text.replace(/[\r\n\t ]+/g, '') : text;
  if (HEX.test(digits)) return Buffer.from(digits.slice(0, MOST_BYTES), 'hex');
  // The slice of a multiple of four digits decodes to a beginning of the same bytes.
  return BASE64.test(digits) ? Buffer.from(digits.slice(0, MOST_BYTES), 'base64') : undefined;
}
