import { Buffer } from 'node:buffer';

/** POSIX.1-2001, pax interchange format: what every tar of today reads. */
export const BLOCK = 512;
/** Beyond these, a ustar header cannot say a name, and a pax record does. */
const MOST_NAME = 100;

export interface PackedFile {
  /** Without the folder that all of them are in. */
  readonly name: string;
  readonly body: Uint8Array;
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

/** A regular file that anybody may read, as one part of an archive. */
export function tarEntry({ name, body }: PackedFile, at: Date): Buffer {
  const seconds = Math.floor(at.getTime() / 1_000);
  const file = [header(shortened(name), { type: '0', size: body.length, seconds }), padded(body)];
  if (Buffer.byteLength(name) <= MOST_NAME) return Buffer.concat(file);
  const record = paxRecord('path', name);
  const pax = header('pax-header', { type: 'x', size: record.length, seconds });
  return Buffer.concat([pax, padded(record), ...file]);
}

/** Only what does not know pax records sees it. */
function shortened(name: string): string {
  return Buffer.byteLength(name) <= MOST_NAME ? name : name.slice(-MOST_NAME);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

interface Head {
  /** `0`: a file; `x`: pax records for the next one. */
  readonly type: '0' | 'x';
  readonly size: number;
  /** Since 1970. */
  readonly seconds: number;
}

function header(name: string, { type, size, seconds }: Head): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, MOST_NAME);
  for (const [offset, length, value] of [
    [100, 8, 0o644],
    [108, 8, 0],
    [116, 8, 0],
    [124, 12, size],
    [136, 12, seconds],
  ] as const)
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Of a header in whose place for it there are spaces. */
export function checksum(block: Uint8Array): number {
  return block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

function padded(body: Uint8Array): Buffer {
  const rest = body.length % BLOCK;
  return Buffer.concat([body, Buffer.alloc(rest === 0 ? 0 : BLOCK - rest)]);
}
