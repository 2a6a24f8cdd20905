// Makes `dist/`, which is what the package runs: the sources as JavaScript, in the same folders; types of what lib/index.ts exports; the bundles of
// the functions; and what the CLI reads beside these. `npm pack` calls it. A checkout runs its sources and never `dist/`.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HANDLERS } from '../lib/functions/handlers.ts';
import { packagesOf, placeOf } from './licences/judge.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = join(ROOT, 'dist');
const FUNCTIONS = join(DIST, 'functions');
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
/** Read or run as they are. */
const COPIED = ['cdk.json', 'examples/jobs', 'emulator/functions/bootstrap.mjs'];

/** What stands for a licence whose text its package does not have. */
const WITHOUT_TEXT = {
  'Apache-2.0': 'Its text is that of the file LICENSE of kms-rewrap.',
  'MIT-0': 'It asks for no notice.',
};

const run = promisify(execFile);
const node = (...args) => run(process.execPath, args, { cwd: ROOT });
const readJson = file => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

rmSync(DIST, { recursive: true, force: true });
mkdirSync(FUNCTIONS, { recursive: true });
await Promise.all([
  // `npm run typecheck` checks all of it.
  node(TSC, '-p', 'tsconfig.build.json', '--noCheck'),
  types(),
  node('lib/functions/bundle-handlers.mjs', FUNCTIONS, ...HANDLERS),
]);
for (const file of COPIED) cpSync(join(ROOT, file), join(DIST, file), { recursive: true });
// The CLI reads the version here. Without a name it is no second package of the same name.
const { version, type } = readJson('package.json');
writeFileSync(join(DIST, 'package.json'), `${JSON.stringify({ version, type }, null, 2)}\n`);
writeFileSync(join(FUNCTIONS, 'NOTICES.txt'), notices());

/** Only of the API, and of what it names. tsc leaves imports of `.ts` in them, which some readers of types do not follow. */
async function types() {
  await node(TSC, '-p', 'tsconfig.types.json');
  for (const file of declarations()) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'));
  }
}

function declarations() {
  return readdirSync(DIST, { recursive: true })
    .filter(file => file.endsWith('.d.ts'))
    .map(file => join(DIST, file));
}

/** The licences of the packages that the bundles hold parts of: each asks that its text goes with them. */
function notices() {
  const lock = readJson('package-lock.json');
  const files = readJson('dist/functions/inputs.json');
  const places = [...new Set(files.flatMap(file => placeOf(file) ?? []))].sort();
  return places
    .map(place => {
      const [{ name, version, licence }] = packagesOf([place], lock);
      return `${name} ${version} (${licence})\n\n${licenceText(place, licence)}\n`;
    })
    .join('\n');
}

function licenceText(place, licence) {
  const folder = join(ROOT, place);
  const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one));
  if (file === undefined && licence in WITHOUT_TEXT) return WITHOUT_TEXT[licence];
  if (file === undefined) throw new Error(`${place} has no file with its licence, ${licence}`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
