import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import type { RefusedCiphertext } from './refusal.ts';

const NOT_OURS = 'AWS KMS has not made it and cannot re-encrypt it';

/**
 * A ciphertext of Google Cloud KMS. Google documents it as opaque. All that were looked at are two fields of Protocol Buffers,
 * the first of 36 or 37 bytes, both begin with 0, and the second ends where the ciphertext does.
 */
export function googleCiphertext(bytes: Buffer): RefusedCiphertext | undefined {
  const [tag, length] = bytes;
  if (tag !== 0x0a || (length !== 0x24 && length !== 0x25)) return undefined;
  const reader = new ByteReader(bytes);
  reader.take(2);
  const key = reader.take(length);
  const isSecond = reader.number(1) === 0x12;
  const ciphertext = reader.take(reader.varint());
  if (!reader.atEnd || !isSecond || key[0] !== 0 || ciphertext[0] !== 0) return undefined;
  return {
    what: 'google-kms-ciphertext',
    reason: `is a ciphertext of Google Cloud KMS; ${NOT_OURS}: re-encrypt it there`,
    keyArns: [],
  };
}

const VAULT = /^vault:v\d{1,10}:[A-Za-z0-9+/]+={0,2}\s?$/;

/** A ciphertext of the transit engine of HashiCorp Vault, which is a text. */
export function vaultCiphertext(text: string): RefusedCiphertext | undefined {
  if (!VAULT.test(text)) return undefined;
  return {
    what: 'vault-ciphertext',
    reason: `is a ciphertext of HashiCorp Vault; ${NOT_OURS}: re-wrap it with Vault's transit/rewrap`,
    keyArns: [],
  };
}

const AZURE_KEY =
  /^https:\/\/[a-z0-9-]{1,127}\.(?:vault|managedhsm)\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)\/keys\/[A-Za-z0-9-]{1,127}(?:\/[A-Za-z0-9]{1,64})?\/?$/i;

/** The name of a key in Azure Key Vault. What such a key has wrapped are bytes without a sign of their own. */
export function isAzureKeyName(text: string): boolean {
  return text.length < 512 && AZURE_KEY.test(text);
}

export const AZURE: RefusedCiphertext = {
  what: 'azure-key-vault',
  reason: `names a key of Azure Key Vault; what that key has wrapped can be re-wrapped only there, as ${NOT_OURS}`,
  keyArns: [],
};
