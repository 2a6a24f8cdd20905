import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Envelope encryption as applications do it: the payload under a data key, the data key under a KMS key beside it. */
export function seal(dataKey: Uint8Array, payload: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
  const sealed = Buffer.concat([cipher.update(payload, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Throws where the data key is not the one that sealed it. */
export function open(dataKey: Uint8Array, sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, 12)).setAuthTag(
    sealed.subarray(12, 28),
  );
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}
