import type { Buffer } from 'node:buffer';
import { HEADER_BYTES } from '../../look-alikes/patterns.ts';
import { MAX_CIPHERTEXT_BYTES } from '../../model/data-key.ts';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';

/** An IV of 12 bytes and a tag of 16. */
const LEAST_CONTENT = 28;

/** What Tink's KmsEnvelopeAead writes with AWS KMS: the length of a data key, the data key, and what it encrypts. */
export function tinkEnvelope(bytes: Buffer): RefusedCiphertext | undefined {
  if (bytes[0] !== 0 || bytes[1] !== 0) return undefined;
  const reader = new ByteReader(bytes);
  const length = reader.number(4);
  const dataKey = reader.take(length);
  reader.take(LEAST_CONTENT);
  const isOfKms = HEADER_BYTES.some(header => dataKey.subarray(0, header.length).equals(header));
  if (reader.failed || length > MAX_CIPHERTEXT_BYTES || !isOfKms) return undefined;
  return {
    what: 'tink-envelope',
    reason:
      'is a ciphertext of Tink with its data key in front; no format reads that: decrypt it and encrypt it again with Tink',
    keyArns: [],
  };
}
