import { createHash } from 'node:crypto';

/**
 * KMS for the soundness suite, written from AWS's documentation alone: it shares no code with the product, its fakes or
 * its emulator. A ciphertext begins as real ones do, names its key, and is bound to key, context and plaintext by a tag.
 */

export type Context = Readonly<Record<string, string>>;

export type Opened =
  | {
      readonly kind: 'opened';
      readonly plaintext: string;
      readonly keyArn: string;
      readonly material?: string;
    }
  | { readonly kind: 'incorrect-key' | 'invalid' | 'disabled' };

export interface SealOptions {
  readonly keyArn: string;
  readonly context: Context;
  readonly plaintext: string;
}

/**
 * AWS documents no order for KMS's checks. `key`: KMS checks the key first. `context`: KMS opens the bytes under the
 * context, then checks which key opened them. `neither`: anything that the named key does not open is invalid.
 */
export const CHECKS_FIRST = ['key', 'context', 'neither'] as const;
export type ChecksFirst = (typeof CHECKS_FIRST)[number];

/**
 * One in two checks the key first, as KMS is believed to do. All three orders also occur in every tenth seed, for which a
 * table is followed over time.
 */
export function checksFirstOf(seed: number): ChecksFirst {
  return (['key', 'context', 'key', 'neither'] as const)[Math.floor(seed / 3) % 4] ?? 'key';
}

const HEADER = Buffer.from('0102020078', 'hex');
const ID_BYTES = 16;
const TAG_BYTES = 32;
/** For RSA_2048: every ciphertext is as long as the modulus, and looks like noise. */
export const RSA_BYTES = 256;

export class IndependentKms {
  readonly disabled = new Set<string>();
  readonly checksFirst: ChecksFirst;
  readonly #keyOfId = new Map<string, string>();
  readonly #materials = new Map<string, number>();
  readonly #rsa = new Map<string, Map<string, string>>();
  #nonce = 0;

  constructor(checksFirst: ChecksFirst = 'key') {
    this.checksFirst = checksFirst;
  }

  /** From now on the key is an RSA key: no context, no key material ids, no key in its ciphertexts. */
  makeRsa(keyArn: string): void {
    this.#rsa.set(keyArn, new Map());
  }

  /** New key material under the same key: old ciphertexts open as before. */
  rotate(keyArn: string): void {
    this.#materials.set(keyArn, this.#generation(keyArn) + 1);
  }

  materialOf(keyArn: string): string | undefined {
    if (this.#rsa.has(keyArn)) return undefined;
    return `${keyArn}#${this.#generation(keyArn)}`;
  }

  seal({ keyArn, context, plaintext }: SealOptions): Uint8Array {
    const rsa = this.#rsa.get(keyArn);
    if (rsa !== undefined) return this.#sealRsa(rsa, plaintext);
    const id = digest(keyArn).subarray(0, ID_BYTES);
    this.#keyOfId.set(id.toString('hex'), keyArn);
    const generation = Buffer.from([this.#generation(keyArn)]);
    const nonce = Buffer.alloc(8);
    nonce.writeUInt32BE(++this.#nonce, 4);
    const text = Buffer.from(plaintext);
    const hidden = xor(text, digest(keyArn, generation, nonce, 'mask'));
    const head = Buffer.concat([HEADER, id, generation, nonce, hidden]);
    // Real ciphertexts have about 184 bytes; zeros pad these to the same length.
    const length = Buffer.from([text.length]);
    const tag = digest(keyArn, canonical(context), head, text);
    return Buffer.concat([head, Buffer.alloc(Math.max(0, 150 - head.length)), length, tag]);
  }

  /** `keyArn`: the key that the caller names, as SourceKeyId and KeyId do; if there is none, KMS finds the key by itself. */
  open(blob: Uint8Array, context: Context, keyArn?: string): Opened {
    const bytes = Buffer.from(blob);
    if (keyArn !== undefined && this.disabled.has(keyArn)) return { kind: 'disabled' };
    const rsa = keyArn === undefined ? undefined : this.#rsa.get(keyArn);
    if (keyArn !== undefined && rsa !== undefined) return openRsa(rsa, bytes, keyArn);
    if (bytes.length < HEADER.length + ID_BYTES + TAG_BYTES + 10 || !bytes.subarray(0, 5).equals(HEADER))
      return { kind: 'invalid' };
    const id = bytes.subarray(5, 5 + ID_BYTES).toString('hex');
    const maker = this.#keyOfId.get(id);
    if (maker === undefined) return { kind: 'invalid' };
    if (keyArn !== undefined && maker !== keyArn) return this.#ofAnotherKey(maker, bytes, context);
    if (this.disabled.has(maker)) return { kind: 'disabled' };
    return this.#openWith(maker, bytes, context);
  }

  #ofAnotherKey(maker: string, bytes: Buffer, context: Context): Opened {
    const tells =
      this.checksFirst === 'key' ||
      (this.checksFirst === 'context' && this.#openWith(maker, bytes, context).kind === 'opened');
    return { kind: tells ? 'incorrect-key' : 'invalid' };
  }

  #sealRsa(made: Map<string, string>, plaintext: string): Uint8Array {
    const seed = `${++this.#nonce} ${plaintext}`;
    const blocks = Array.from({ length: RSA_BYTES / 32 }, (_, block) => digest('rsa', String(block), seed));
    const blob = Buffer.concat(blocks);
    made.set(blob.toString('hex'), plaintext);
    return blob;
  }

  #openWith(maker: string, bytes: Buffer, context: Context): Opened {
    const at = 5 + ID_BYTES;
    const generation = bytes.subarray(at, at + 1);
    const nonce = bytes.subarray(at + 1, at + 9);
    const length = bytes[bytes.length - TAG_BYTES - 1] ?? 0;
    const hidden = bytes.subarray(at + 9, at + 9 + length);
    const text = xor(hidden, digest(maker, generation, nonce, 'mask'));
    const head = bytes.subarray(0, at + 9 + length);
    const rest = bytes.subarray(at + 9 + length, bytes.length - TAG_BYTES - 1);
    const tag = digest(maker, canonical(context), head, text);
    if (!tag.equals(bytes.subarray(-TAG_BYTES)) || rest.some(byte => byte !== 0)) return { kind: 'invalid' };
    return {
      kind: 'opened',
      plaintext: text.toString(),
      keyArn: maker,
      material: `${maker}#${generation[0] ?? 0}`,
    };
  }

  #generation(keyArn: string): number {
    return this.#materials.get(keyArn) ?? 1;
  }
}

/** KMS gives the same answer for every error: it cannot know which key made an RSA ciphertext. */
function openRsa(made: ReadonlyMap<string, string>, bytes: Buffer, keyArn: string): Opened {
  const plaintext = made.get(bytes.toString('hex'));
  return plaintext === undefined ? { kind: 'invalid' } : { kind: 'opened', plaintext, keyArn };
}

function canonical(context: Context): string {
  const names = Object.keys(context).sort();
  return names
    .map(name => `${name.length}:${name}${context[name]?.length ?? 0}:${context[name] ?? ''}`)
    .join('');
}

function digest(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function xor(bytes: Uint8Array, mask: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % mask.length] ?? 0)));
}
