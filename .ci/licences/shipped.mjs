import { readFileSync } from 'node:fs';
import { bundledFiles } from '../../lib/functions/handler-code.ts';
import { packagesOf } from './judge.mjs';

export const LOCK = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));

/** What is in the zip files of the functions, one line for each licence. */
export function shippedList() {
  const licences = new Map();
  for (const { name, licence } of packagesOf(bundledFiles(), LOCK))
    licences.set(licence, [...(licences.get(licence) ?? []), `\`${name}\``]);
  return [...licences]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => `- ${licence}: ${[...new Set(names)].join(', ')}`)
    .join('\n');
}
