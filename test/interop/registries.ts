import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed, type Run } from './process.ts';

/** A client, or another AWS, is not to be had here. */
export class NotThere extends Error {
  override readonly name = 'NotThere';
}

/** @throws NotThere if the registry does not have it, or what it needs is missing */
export async function fetched(command: readonly string[], options: Run = {}): Promise<void> {
  try {
    await succeed(command, options);
  } catch (error) {
    throw new NotThere((error as Error).message);
  }
}

/** Installs what is not there, or is there as something else. */
export async function once(folder: string, what: string, install: () => Promise<unknown>): Promise<void> {
  const mark = join(folder, '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === what) return;
  mkdirSync(folder, { recursive: true });
  await install();
  writeFileSync(mark, what);
}
