import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** ZIP file format specification: neither compressed, nor otherwise than by DEFLATE. */
const STORED = 0;
const DEFLATED = 8;

/** Unpacks a deployment package into a folder. */
export function unzip(archive: Buffer, folder: string): void {
  let end = archive.length - END_BYTES;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error('Could not unzip uploaded file.');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map(offset => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const path = normalize(archive.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + name));
    if (path.startsWith('..') || path.startsWith('/')) throw new Error(`${path} leaves the package`);
    if (!path.endsWith('/')) write(join(folder, path), contentOf(archive, at));
    at += ENTRY_BYTES + name + extra + comment;
  }
}

function contentOf(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + LOCAL_BYTES + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new Error(`the method ${method} of compression is not known`);
  return inflateRawSync(packed);
}

function write(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
