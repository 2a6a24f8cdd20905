import { createHash, hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { PACK } from '../../core/pack/names.ts';
import { NoPack, TarReader } from '../../core/pack/tar-reader.ts';
import { TAR_END, tarEntry, type PackedFile } from '../../core/pack/tar-entry.ts';

interface Written {
  readonly files: number;
  /** Of the pack itself. */
  readonly sha256: string;
}

/**
 * Writes files into one, in a folder of the pack's name, and last of all their digests. What is there already is replaced once the new one is
 * whole.
 */
export async function writePack(
  file: string,
  packed: AsyncIterable<PackedFile>,
  { folder, at }: { readonly folder: string; readonly at: Date },
): Promise<Written> {
  const sums: string[] = [];
  const digest = createHash('sha256');
  const part = `${file}.part`;
  const entries = async function* (): AsyncGenerator<Uint8Array> {
    for await (const { name, body } of packed) {
      sums.push(`${hash('sha256', body, 'hex')}  ${name}\n`);
      yield tarEntry({ name: `${folder}/${name}`, body }, at);
    }
    yield tarEntry({ name: `${folder}/${PACK.sums}`, body: Buffer.from(sums.join('')) }, at);
    yield TAR_END;
  };
  const digested = async function* (compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of compressed) {
      digest.update(piece);
      yield piece;
    }
  };
  try {
    await pipeline(Readable.from(entries()), createGzip(), digested, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { files: sums.length + 1, sha256: digest.digest('hex') };
}

/**
 * The files of a pack, by their names within its folder, one at a time.
 *
 * @throws NoPack for what is none
 */
export async function* readPack(file: string): AsyncGenerator<PackedFile> {
  const reader = new TarReader();
  let folder: string | undefined;
  const packed = createReadStream(file);
  const plain = createGunzip();
  packed.on('error', error => plain.destroy(error));
  try {
    for await (const piece of packed.pipe(plain) as AsyncIterable<Buffer>)
      for (const { name, body } of reader.push(piece)) {
        const [first = '', ...rest] = name.split('/');
        folder ??= first;
        if (first !== folder || rest.length === 0 || !rest.every(isPlain))
          throw new NoPack(`${name} lies outside of its folder`);
        yield { name: rest.join('/'), body };
      }
    reader.end();
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    throw code.startsWith('Z_') ? new NoPack('it cannot be decompressed to its end') : error;
  } finally {
    packed.destroy();
  }
}

function isPlain(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..';
}
