import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';
import { insteadOf, keyArnsOf, readContext, readWrappedKeys } from './wrapped-keys.ts';

/** Algorithm suites by the version of the message format (AWS Encryption SDK developer guide, "Algorithms reference"). */
const SUITES_1 = new Set([0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378]);
const SUITES_2 = new Set([0x0478, 0x0578]);
const CUSTOMER_DATA = 0x80;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const NOT_FRAMED = 1;
const FRAMED = 2;

/**
 * A message of the AWS Encryption SDK, whose header is all there (developer guide, "Message format reference"). The ARNs of the
 * keys come from the header; KMS is not asked.
 */
export function esdkMessage(bytes: Buffer): RefusedCiphertext | undefined {
  const version = bytes[0];
  if (version !== 1 && version !== 2) return undefined;
  const reader = new ByteReader(bytes);
  reader.take(1);
  const begins = version === 1 ? beginsVersion1(reader) : beginsVersion2(reader);
  if (!begins) return undefined;
  const contextBytes = reader.field();
  if (!isContext(contextBytes)) return undefined;
  const count = reader.number(2);
  const keys = readWrappedKeys(reader, count);
  const ends = version === 1 ? endsVersion1(reader) : endsVersion2(reader);
  if (count === 0 || !ends || reader.failed) return undefined;
  return {
    what: 'esdk-message',
    reason:
      'is a message of the AWS Encryption SDK, whose header is authenticated with the data key itself, so KMS cannot ' +
      `re-encrypt the data keys in it; ${insteadOf(keys, 'the SDK')}`,
    keyArns: keyArnsOf(keys),
  };
}

/** After the version: type, suite, id of the message. */
function beginsVersion1(reader: ByteReader): boolean {
  const type = reader.number(1);
  const suite = reader.number(2);
  reader.take(16);
  return type === CUSTOMER_DATA && SUITES_1.has(suite);
}

function beginsVersion2(reader: ByteReader): boolean {
  const suite = reader.number(2);
  reader.take(32);
  return SUITES_2.has(suite);
}

function isContext(bytes: Buffer): boolean {
  if (bytes.length === 0) return true;
  const reader = new ByteReader(bytes);
  readContext(reader);
  return reader.atEnd;
}

/** Content type, reserved bytes, lengths of IV and frame, and what authenticates the header. */
function endsVersion1(reader: ByteReader): boolean {
  const content = reader.number(1);
  const reserved = reader.number(4);
  const iv = reader.number(1);
  const frame = reader.number(4);
  reader.take(IV_BYTES + TAG_BYTES);
  return reserved === 0 && iv === IV_BYTES && isFraming(content, frame);
}

function endsVersion2(reader: ByteReader): boolean {
  const content = reader.number(1);
  const frame = reader.number(4);
  reader.take(32 + TAG_BYTES);
  return isFraming(content, frame);
}

function isFraming(content: number, frame: number): boolean {
  return content === FRAMED ? frame > 0 : content === NOT_FRAMED && frame === 0;
}
