import { parseKeyReference } from '../../model/arn.ts';
import type { ByteReader } from './byte-reader.ts';

/** An encrypted data key as the Encryption SDK and the Database Encryption SDK list it, without the ciphertext. */
interface WrappedKey {
  /** `aws-kms`, `aws-kms-hierarchy`, `aws-kms-rsa`, `aws-kms-ecdh`, or a name of the application's. */
  readonly provider: string;
  /** The KMS key that the entry names. */
  readonly keyArn?: string;
}

/** Reads so many entries: the name of a key provider, what it says of its key, the ciphertext. */
export function readWrappedKeys(reader: ByteReader, count: number): readonly WrappedKey[] {
  const keys: WrappedKey[] = [];
  for (let index = 0; index < count && !reader.failed; index++) {
    const provider = reader.text(reader.field());
    const named = parseKeyReference(reader.field().toString('latin1'));
    reader.field();
    keys.push({ provider, ...(named !== undefined && { keyArn: named.arn }) });
  }
  return keys;
}

/** Reads an encryption context: pairs of texts. */
export function readContext(reader: ByteReader): void {
  const pairs = reader.number(2);
  for (let index = 0; index < pairs && !reader.failed; index++) {
    reader.text(reader.field());
    reader.text(reader.field());
  }
}

export function keyArnsOf(keys: readonly WrappedKey[]): readonly string[] {
  return [...new Set(keys.flatMap(({ keyArn }) => keyArn ?? []))];
}

/** What to do instead, which depends on who wraps the data keys. */
export function insteadOf(keys: readonly WrappedKey[], library: string): string {
  const providers = new Set(keys.map(({ provider }) => provider));
  const again = `decrypt it and encrypt it again with ${library}`;
  if (!providers.has('aws-kms-hierarchy')) return again;
  const branchKeys =
    'a branch key wraps its data key, so re-wrap the table of the branch keys instead, with the format branch-key-store';
  return providers.size === 1 ? branchKeys : `${branchKeys}; for its other data keys, ${again}`;
}
