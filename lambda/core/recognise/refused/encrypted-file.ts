import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';

const AGE: RefusedCiphertext = {
  what: 'age-file',
  reason: 'is encrypted with age, for its recipients; no KMS key is involved: encrypt it again with age',
  keyArns: [],
};
const PGP: RefusedCiphertext = {
  what: 'pgp-message',
  reason: 'is an OpenPGP message, for its recipients; no KMS key is involved: encrypt it again with OpenPGP',
  keyArns: [],
};

/** https://age-encryption.org/v1: a line of its own, then stanzas. */
const AGE_HEADER = 'age-encryption.org/v1\n-> ';
const AGE_ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const PGP_ARMOR = '-----BEGIN PGP MESSAGE-----';

/** A text or a file that age or OpenPGP has encrypted, armored or not. */
export function encryptedFile(bytes: Buffer): RefusedCiphertext | undefined {
  const head = bytes
    .subarray(0, AGE_ARMOR.length + 8)
    .toString('latin1')
    .trimStart();
  if (head.startsWith(AGE_ARMOR) || head.startsWith(AGE_HEADER)) return AGE;
  if (head.startsWith(PGP_ARMOR) || isPgp(bytes)) return PGP;
  return undefined;
}

const PUBLIC_KEY_SESSION_KEY = 1;
const SYMMETRIC_SESSION_KEY = 3;
const SESSION_KEYS = new Set([PUBLIC_KEY_SESSION_KEY, SYMMETRIC_SESSION_KEY]);
/** What is encrypted: the packets of RFC 9580 and RFC 4880 that session keys belong to. */
const ENCRYPTED_DATA = new Set([9, 18, 20]);

/** A session key, whole, and behind it another one or what it is the key of. */
function isPgp(bytes: Buffer): boolean {
  const reader = new ByteReader(bytes);
  const tag = packetTag(reader);
  if (!SESSION_KEYS.has(tag)) return false;
  const packet = reader.take(packetLength(reader, bytes[0] ?? 0));
  const next = packetTag(reader);
  if (reader.failed || !(SESSION_KEYS.has(next) || ENCRYPTED_DATA.has(next))) return false;
  return tag === PUBLIC_KEY_SESSION_KEY ? isPublicKeySession(packet) : isPasswordSession(packet);
}

function packetTag(reader: ByteReader): number {
  const byte = reader.number(1);
  if (byte < 0x80) return 0;
  return (byte & 0x40) === 0 ? (byte >> 2) & 0x0f : byte & 0x3f;
}

/** Of session keys only: their lengths have one or two bytes. */
function packetLength(reader: ByteReader, header: number): number {
  const isOld = (header & 0x40) === 0;
  if (isOld) return (header & 3) > 1 ? NONE : reader.number((header & 3) === 0 ? 1 : 2);
  const byte = reader.number(1);
  if (byte < 192) return byte;
  return byte < 224 ? (byte - 192) * 256 + reader.number(1) + 192 : NONE;
}

/** Longer than anything, so that reading it fails. */
const NONE = Number.MAX_SAFE_INTEGER;

/** Version 3: the id of a key, an algorithm, and numbers that fill the packet. */
function isPublicKeySession(packet: Buffer): boolean {
  const reader = new ByteReader(packet);
  const version = reader.number(1);
  reader.take(8);
  const algorithm = reader.number(1);
  switch (algorithm) {
    case RSA:
    case RSA_ENCRYPT:
      takeInteger(reader);
      break;
    case ELGAMAL:
      takeInteger(reader);
      takeInteger(reader);
      break;
    case ECDH:
      takeInteger(reader);
      reader.take(reader.number(1));
      break;
    case X25519:
    case X448:
      reader.take(algorithm === X25519 ? 32 : 56);
      reader.take(reader.number(1));
      break;
    default:
      return false;
  }
  return version === 3 && reader.atEnd;
}

const RSA = 1;
const RSA_ENCRYPT = 2;
const ELGAMAL = 16;
const ECDH = 18;
const X25519 = 25;
const X448 = 26;

function takeInteger(reader: ByteReader): void {
  reader.take(Math.ceil(reader.number(2) / 8));
}

/** Version 4: a cipher, and how a password becomes a key, with a hash algorithm. */
function isPasswordSession([version = 0, cipher = 0, specifier = 0, hash = 0]: Buffer): boolean {
  return (
    version === 4 && cipher >= 1 && cipher <= 13 && [0, 1, 3].includes(specifier) && hash >= 1 && hash <= 14
  );
}
