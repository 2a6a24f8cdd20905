// Asks the embedded IAM and an independent simulator the same random questions. The simulator's licence (AGPL) keeps it out
// of package.json: it is installed into a cache, runs in this check only, and is never bundled or published.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SIMULATOR = '@cloud-copilot/iam-simulate';
const VERSION = '0.1.173';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', `iam-simulate-${VERSION}`);
const entry = join(cache, 'node_modules', SIMULATOR, 'dist', 'esm', 'index.js');
if (!existsSync(entry)) {
  mkdirSync(cache, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync(npm, ['install', ...quiet, '--prefix', cache, `${SIMULATOR}@${VERSION}`], {
    stdio: 'inherit',
  });
}
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', join(root, 'test', 'oracle', 'iam.ts'), entry, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
