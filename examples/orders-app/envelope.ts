import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Envelope encryption as applications do it: a data key encrypts the payload, and a KMS key the data key beside it. */
export function seal(dataKey: Uint8Array, payload: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
  const sealed = Buffer.concat([cipher.update(payload, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Throws if the data key is not the one that sealed the payload. */
export function open(dataKey: Uint8Array, sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, 12)).setAuthTag(
    sealed.subarray(12, 28),
  );
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}
