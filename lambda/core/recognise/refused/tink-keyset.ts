import { Buffer } from 'node:buffer';
import { member } from '../json-member.ts';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';

const TYPE_URL = 'type.googleapis.com/google.crypto.tink.';

const ENCRYPTED: RefusedCiphertext = {
  what: 'tink-keyset',
  reason:
    'is an encrypted keyset of Tink; re-encrypt it with tinkey, or with Tink itself. A keyset in JSON whose member ' +
    'encryptedKeyset AWS KMS has made can be named to the format json-document, with its associated data as context',
  keyArns: [],
};
const CLEARTEXT: RefusedCiphertext = {
  what: 'tink-cleartext-keyset',
  reason: 'is a keyset of Tink that nothing encrypts: whoever reads it has its keys; encrypt it with Tink',
  keyArns: [],
};

/** A keyset of Tink in its binary form (tink.proto: `EncryptedKeyset` and `Keyset`). */
export function tinkKeyset(bytes: Buffer): RefusedCiphertext | undefined {
  const fields = messageOf(bytes);
  if (fields === undefined) return undefined;
  if (isEncryptedKeyset(fields)) return ENCRYPTED;
  return isKeyset(fields) ? CLEARTEXT : undefined;
}

/** The same in JSON. */
export function tinkJsonKeyset(json: unknown): RefusedCiphertext | undefined {
  if (typeof member(json, 'encryptedKeyset') === 'string') {
    const info = member(json, 'keysetInfo');
    const isTinks = info === undefined ? isAlone(json) : isTyped(member(member(info, 'keyInfo'), '0'));
    return isTinks ? ENCRYPTED : undefined;
  }
  const isCleartext = typeof member(json, 'primaryKeyId') === 'number';
  return isCleartext && isTyped(member(member(member(json, 'key'), '0'), 'keyData')) ? CLEARTEXT : undefined;
}

/** With other members beside it, the document is some application's own. */
function isAlone(json: unknown): boolean {
  return Object.keys(json as object).length === 1;
}

function isTyped(key: unknown): boolean {
  const url = member(key, 'typeUrl');
  return typeof url === 'string' && url.startsWith(TYPE_URL);
}

interface Field {
  readonly tag: number;
  readonly bytes: Buffer;
}

const VARINT = 0;
const DELIMITED = 2;
const MAX_FIELDS = 1000;

/** The fields of a message of Protocol Buffers; `undefined` for bytes that are none. */
function messageOf(bytes: Buffer): readonly Field[] | undefined {
  const reader = new ByteReader(bytes);
  const fields: Field[] = [];
  while (!reader.atEnd && fields.length < MAX_FIELDS) {
    const tag = reader.varint();
    const isDelimited = (tag & 7) === DELIMITED;
    const content = reader.varint();
    fields.push({ tag, bytes: isDelimited ? reader.take(content) : Buffer.alloc(0) });
    if (reader.failed || (!isDelimited && (tag & 7) !== VARINT)) return undefined;
  }
  return reader.atEnd ? fields : undefined;
}

const ENCRYPTED_KEYSET = 0x12;
const KEYSET_INFO = 0x1a;
const PRIMARY_KEY_ID = 0x08;
const KEY = 0x12;
const FIRST = 0x0a;

/** Writers leave the information out: then the ciphertext must begin as one that Tink has made. */
function isEncryptedKeyset([first, second, ...rest]: readonly Field[]): boolean {
  if (first?.tag !== ENCRYPTED_KEYSET || rest.length > 0) return false;
  if (second === undefined) return first.bytes[0] === 1 && first.bytes.length >= MIN_ENCRYPTED;
  return second.tag === KEYSET_INFO && infoNames(second.bytes);
}

/** A prefix of 5 bytes, an IV of 12, a tag of 16, and a keyset with the URL of a type. */
const MIN_ENCRYPTED = 5 + 12 + 16 + 2 * TYPE_URL.length;

function infoNames(bytes: Buffer): boolean {
  const keys = (messageOf(bytes) ?? []).filter(({ tag }) => tag === KEY);
  return keys.some(key => textOf(messageOf(key.bytes)?.[0]).startsWith(TYPE_URL));
}

function isKeyset([primary, ...keys]: readonly Field[]): boolean {
  if (primary?.tag !== PRIMARY_KEY_ID || keys.length === 0) return false;
  return keys.every(({ tag, bytes }) => {
    const data = tag === KEY ? messageOf(bytes)?.[0] : undefined;
    return data?.tag === FIRST && textOf(messageOf(data.bytes)?.[0]).startsWith(TYPE_URL);
  });
}

function textOf(field: Field | undefined): string {
  return field?.tag === FIRST ? field.bytes.toString('latin1') : '';
}
