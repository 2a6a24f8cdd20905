import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HANDLERS } from '../../../lib/functions/handlers.ts';

const BUNDLER = resolve(__dirname, '../../../lib/functions/bundle-handlers.mjs');

/**
 * Jest calls this before it starts its workers, whatever they run of a project that asks for it: the bundles of the functions,
 * made by the product's own bundler of the sources as they are now. Every synthesis of these tests would make the same again.
 */
export default function make(): void {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-made-'));
  execFileSync(process.execPath, [BUNDLER, folder, ...HANDLERS], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env['MADE_BUNDLES'] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
