import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './error-code.ts';
import type { FileRead } from './read-file.ts';

/**
 * Puts new content in the place of a file: all of it, or none. It is written beside the file and renamed, so that nobody reads
 * half of it, whenever this process ends. `stillRight` is asked last of all.
 *
 * @returns whether it was still right
 */
export async function replaceFile(
  { path, stats }: Pick<FileRead, 'path' | 'stats'>,
  bytes: Uint8Array,
  stillRight: () => Promise<boolean>,
): Promise<boolean> {
  const beside = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.rewrap`);
  try {
    await writeBeside(beside, bytes, stats);
    if (!(await stillRight())) return false;
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

async function writeBeside(path: string, bytes: Uint8Array, stats: Stats): Promise<void> {
  // Nobody else may read it before it has the rights of the file.
  const handle = await open(path, 'wx', 0o600);
  try {
    await keepOwner(handle, stats);
    await handle.chmod(stats.mode & 0o7777);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Only an administrator can give files away. Others keep the group, if they are in it, or else none. */
async function keepOwner(handle: FileHandle, { uid, gid }: Stats): Promise<void> {
  for (const [user, group] of [
    [uid, gid],
    [process.getuid?.() ?? uid, gid],
  ] as const)
    try {
      await handle.chown(user, group);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EPERM') throw error;
    }
}

/** The new name is durable once its folder is. Some file systems do not sync folders. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  } finally {
    await handle.close();
  }
}
