import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { KeyMaterial } from './key.ts';

/** How symmetric KMS ciphertexts begin in the wild. */
const MAGIC = Buffer.from('0102020078', 'hex');
const NAME_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + NAME_BYTES;
/** A KMS ciphertext of a 32-byte data key has 184 bytes. Padding in the header gives ours the same length. */
const PADDING_BYTES = 184 - (HEADER_BYTES + IV_BYTES + 32 + TAG_BYTES);

export type Context = Readonly<Record<string, string>>;

/** An opaque name for the material, so that the bytes of a ciphertext do not show which key made it. */
export function materialName({ id }: KeyMaterial): string {
  return createHash('sha256').update(`material name of ${id}`).digest('hex');
}

/** AES-256-GCM; header and encryption context are authenticated with it. */
export function seal(material: KeyMaterial, plaintext: Buffer, context: Context): Buffer {
  const header = Buffer.concat([MAGIC, Buffer.from(materialName(material), 'hex')]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', material.secret, iv).setAAD(additionalData(header, context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, Buffer.alloc(PADDING_BYTES), iv, sealed, cipher.getAuthTag()]);
}

/** The name of the material in a ciphertext; `undefined` if the bytes are not a ciphertext. */
export function nameIn(blob: Buffer): string | undefined {
  const long = blob.length > HEADER_BYTES + PADDING_BYTES + IV_BYTES + TAG_BYTES;
  return long && blob.subarray(0, MAGIC.length).equals(MAGIC)
    ? blob.subarray(MAGIC.length, HEADER_BYTES).toString('hex')
    : undefined;
}

/** The plaintext; `undefined` if the context differs or a byte has changed. */
export function open(material: KeyMaterial, blob: Buffer, context: Context): Buffer | undefined {
  const header = blob.subarray(0, HEADER_BYTES);
  const padding = blob.subarray(HEADER_BYTES, HEADER_BYTES + PADDING_BYTES);
  const iv = blob.subarray(HEADER_BYTES + PADDING_BYTES, HEADER_BYTES + PADDING_BYTES + IV_BYTES);
  const sealed = blob.subarray(HEADER_BYTES + PADDING_BYTES + IV_BYTES, -TAG_BYTES);
  if (padding.some(byte => byte !== 0)) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', material.secret, iv)
    .setAAD(additionalData(header, context))
    .setAuthTag(blob.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}

function additionalData(header: Buffer, context: Context): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs), 'utf8')]);
}
