import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './readme.ts';

/** The package as somebody has it who has just cloned and installed it. */
export function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fresh-'));
  for (const name of ['bin', 'cli', 'lambda', 'lib', 'examples', 'cdk.json', 'deployment.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
