import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';
import { insteadOf, keyArnsOf, readContext, readWrappedKeys } from './wrapped-keys.ts';

const COMMITMENT_BYTES = 32;
/** Encrypt and sign, sign only, sign and include in the context: a byte for each attribute that is authenticated. */
const LEGEND = new Set(Array.from('esc', letter => letter.charCodeAt(0)));

/**
 * The header of an item of the AWS Database Encryption SDK, the attribute `aws_dbe_head`, from its first to its last byte
 * (developer guide, "Material description format"; specification/structured-encryption/header.md).
 */
export function databaseEsdkHeader(bytes: Buffer): RefusedCiphertext | undefined {
  const [version, flavour] = bytes;
  if ((version !== 1 && version !== 2) || (flavour !== 0 && flavour !== 1)) return undefined;
  const reader = new ByteReader(bytes);
  reader.take(2 + 32);
  const legend = reader.field();
  readContext(reader);
  const count = reader.number(1);
  const keys = readWrappedKeys(reader, count);
  reader.take(COMMITMENT_BYTES);
  if (!reader.atEnd || count === 0 || !legend.every(letter => LEGEND.has(letter))) return undefined;
  return {
    what: 'database-esdk-item',
    reason:
      'is the header of an item of the AWS Database Encryption SDK, which commits to its data keys with the data key itself, ' +
      `so KMS cannot re-encrypt them; ${insteadOf(keys, 'the SDK')}`,
    keyArns: keyArnsOf(keys),
  };
}
