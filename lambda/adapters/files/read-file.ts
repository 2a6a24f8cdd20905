import { constants, type Stats } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { codeOf } from './error-code.ts';

/** What is opened at most, as of objects in S3. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface FileRead {
  readonly kind: 'file';
  /** Where it is, with all symbolic links followed. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly stats: Stats;
}

export type FileLookup =
  | FileRead
  | { readonly kind: 'missing' }
  /** It is there, but is none that can be re-wrapped. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A file with its content, if it is one of a size that documents have. */
export async function readLocalFile(locator: string): Promise<FileLookup> {
  try {
    const path = await realpath(locator);
    // Without O_NONBLOCK, a named pipe would wait for somebody to write into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile())
        return { kind: 'refused', reason: 'is no file; name each file, directories are not walked' };
      if (stats.size > MOST_BYTES) return { kind: 'refused', reason: 'has more than 8 MiB' };
      return { kind: 'file', path, bytes: await handle.readFile(), stats };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { kind: 'missing' };
    if (codeOf(error) === undefined) throw error;
    return { kind: 'refused', reason: `cannot be read (${codeOf(error)})` };
  }
}
