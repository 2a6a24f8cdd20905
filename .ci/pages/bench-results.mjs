import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../bench/results/', import.meta.url);

/** Committed results of the bench, or nothing if none have been committed. */
export function benchResults(name) {
  const file = new URL(`${name}.json`, FOLDER);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
