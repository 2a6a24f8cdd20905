import { Buffer } from 'node:buffer';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads numbers and fields of bytes that somebody else wrote. After a read beyond the end, or of a text that is no UTF-8, it
 * has `failed`, and yields zeros and nothing.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  #failed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get atEnd(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    return this.#skip(length) ? this.#bytes.subarray(this.#at - length, this.#at) : Buffer.alloc(0);
  }

  /** Of one to four bytes, the highest first. */
  number(size: 1 | 2 | 4): number {
    if (!this.#skip(size)) return 0;
    return this.#bytes.readUIntBE(this.#at - size, size);
  }

  /** A field after its length, which has two bytes. */
  field(): Buffer {
    return this.take(this.number(2));
  }

  text(bytes: Buffer): string {
    try {
      return UTF_8.decode(bytes);
    } catch {
      this.#failed = true;
      return '';
    }
  }

  /** A number of Protocol Buffers: seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.number(1);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    this.#failed = true;
    return 0;
  }

  #skip(length: number): boolean {
    if (length > this.#bytes.length - this.#at) this.#failed = true;
    if (!this.#failed) this.#at += length;
    return !this.#failed;
  }
}
