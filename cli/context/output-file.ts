import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file could not be written. What it would have held is not wrong for it. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';
}

export function writeOutput(file: string, body: string | Uint8Array): void {
  try {
    writeFileSync(file, body);
  } catch (error) {
    throw new OutputLost(`${file} was not written: ${wordsOf(error)}`, { cause: error });
  }
}

/** Text that is longer than memory: each part is on the disk before the next one is asked for. */
export async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const handle = await open(file, 'w').catch((error: unknown) => lost(file, error));
  try {
    for await (const part of parts) await handle.write(part).catch((error: unknown) => lost(file, error));
  } finally {
    await handle.close();
  }
}

function lost(file: string, error: unknown): never {
  throw new OutputLost(`${file} was not written: ${wordsOf(error)}`, { cause: error });
}

const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EDQUOT: 'your quota of disk space is used up',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
};

/** Why something could not be written. */
export function wordsOf(error: unknown): string {
  const { code = '', message = String(error) } = error as {
    readonly code?: string;
    readonly message?: string;
  };
  return Object.hasOwn(CAUSES, code) ? `${CAUSES[code]}` : message;
}
