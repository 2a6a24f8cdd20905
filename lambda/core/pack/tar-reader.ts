import { Buffer } from 'node:buffer';
import { BLOCK, checksum, type PackedFile } from './tar-entry.ts';

/** No file of a pack is larger. Whoever can write a header must not make us hold what it says. */
const MOST_BYTES = 256 * 1024 ** 2;
const MOST_PAX = 64 * 1024;

/** An archive that is not as we write it. */
export class NoPack extends Error {
  override readonly name = 'NoPack';
}

/**
 * Reads an archive that anybody may have written, piece by piece. It holds one file at a time, and knows files and their long names
 * alone: links, folders and devices are refused, so that nothing in it can mean anything outside.
 */
export class TarReader {
  #rest: Buffer = Buffer.alloc(0);
  /** Arrived since, and not looked at: a large file is put together once, and not with each piece. */
  #pieces: Uint8Array[] = [];
  #arrived = 0;
  /** Bytes that the next file takes, as far as that is known. */
  #wanted = BLOCK;
  #longName: string | undefined;
  #ended = false;

  /** Files that are complete with this piece. */
  push(piece: Uint8Array): readonly PackedFile[] {
    this.#pieces.push(piece);
    this.#arrived += piece.length;
    if (this.#rest.length + this.#arrived < this.#wanted) return [];
    this.#rest = Buffer.concat([this.#rest, ...this.#pieces]);
    this.#pieces = [];
    this.#arrived = 0;
    const files: PackedFile[] = [];
    for (;;) {
      const one = this.#next();
      if (one === undefined) return files;
      if (one !== 'no-file') files.push(one);
    }
  }

  /** @throws NoPack if the archive was cut off */
  end(): void {
    if (!this.#ended) throw new NoPack('it is cut off');
  }

  #next(): PackedFile | 'no-file' | undefined {
    this.#wanted = BLOCK;
    if (this.#rest.length < BLOCK || this.#ended) return undefined;
    const head = this.#rest.subarray(0, BLOCK);
    if (head.every(byte => byte === 0)) {
      this.#ended = true;
      return undefined;
    }
    const { name, type, size } = headOf(head);
    const whole = BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    this.#wanted = whole;
    if (this.#rest.length < whole) return undefined;
    const body = Buffer.from(this.#rest.subarray(BLOCK, BLOCK + size));
    this.#rest = this.#rest.subarray(whole);
    if (type === 'x') {
      this.#longName = pathIn(body);
      return 'no-file';
    }
    const known = this.#longName ?? name;
    this.#longName = undefined;
    return { name: known, body };
  }
}

function headOf(head: Buffer): { readonly name: string; readonly type: string; readonly size: number } {
  if (octal(head, 148, 8) !== checksum(head)) throw new NoPack('a header of it is damaged');
  const name = textAt(head, 0, 100);
  const type = head.toString('latin1', 156, 157);
  const size = octal(head, 124, 12);
  if (type !== '0' && type !== 'x') throw new NoPack(`${name} in it is no regular file`);
  if (size > (type === 'x' ? MOST_PAX : MOST_BYTES)) throw new NoPack(`${name} in it is too large`);
  return { name, type, size };
}

function textAt(head: Buffer, offset: number, length: number): string {
  const [text = ''] = head.toString('utf8', offset, offset + length).split('\0');
  return text;
}

function octal(head: Buffer, offset: number, length: number): number {
  const text = textAt(head, offset, length).trim();
  if (!/^[0-7]{1,12}$/.test(text)) throw new NoPack('a header of it is damaged');
  return Number.parseInt(text, 8);
}

function pathIn(records: Buffer): string {
  const [, path] = /^\d+ path=([^\n\0]+)\n$/.exec(records.toString('utf8')) ?? [];
  if (path === undefined) throw new NoPack('it has a header that no pack has');
  return path;
}
