import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'kms-rewrap');

/** Everything of this package that the CLI may import, and what tells esbuild how to read it. */
const SOURCES = ['bin', 'cli', 'lambda', 'lib', 'examples', 'package.json', 'tsconfig.json'];
/** npm's record of what is installed. Unlike package-lock.json, it changes when the installation does. */
const INSTALLED = 'node_modules/.package-lock.json';

const DAY_MS = 86_400_000;
const UNUSED_BUNDLE_MS = 30 * DAY_MS;
const UNFINISHED_BUNDLE_MS = DAY_MS;
const UNFINISHED = 'unfinished-';

/**
 * The URL of the CLI as one JavaScript bundle, or undefined where there can be none that is sure to be up to date; the
 * caller then runs the sources. tsx finds, reads and translates hundreds of files at every start; esbuild does it once.
 * A bundle lies in a folder named by the digest of all sources, and is used for those sources only.
 */
export async function cliBundle() {
  if (!existsSync(join(ROOT, INSTALLED))) return undefined;
  try {
    const folder = join(CACHE, digestOf(sources()));
    if (!existsSync(folder)) await make(folder);
    if (!dependenciesUnchanged(folder)) return undefined;
    keep(folder);
    return pathToFileURL(join(folder, 'rewrap.mjs')).href;
  } catch {
    // A read-only or full disk, or sources that do not compile: tsx does without a cache, and names the mistake.
    return undefined;
  }
}

/** Paths relative to the package, with forward slashes, as esbuild writes them on every platform. */
function sources() {
  const files = SOURCES.flatMap(source => filesOf(join(ROOT, source)));
  return [...files.map(file => relative(ROOT, file).replaceAll('\\', '/')).sort(), INSTALLED];
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.([cm]?[jt]s|json)$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

function digestOf(files) {
  const digest = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(ROOT, file));
    digest.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest('hex').slice(0, 32);
}

/** Commands that start at the same time each make a bundle of their own; the first complete one stays. */
async function make(folder) {
  mkdirSync(CACHE, { recursive: true });
  removeOld();
  // Not named by the process id: containers that share this folder may have equal ones.
  const unfinished = mkdtempSync(join(CACHE, UNFINISHED));
  try {
    const files = sources();
    await build(unfinished, new Set(files));
    // Sources that changed while esbuild read them would leave a bundle under the digest of others.
    if (join(CACHE, digestOf(files)) !== folder) throw new Error('the sources have changed meanwhile');
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

async function build(outdir, files) {
  const { buildSync } = await import('esbuild');
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ['bin/rewrap.ts'],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    keepNames: true,
    metafile: true,
    // CommonJS dependencies inside an ES module call `require` for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  const dependencies = inputs.filter(input => input.includes('node_modules/'));
  const unknown = inputs.filter(input => !input.includes('node_modules/') && !files.has(input));
  if (unknown.length > 0) throw new Error(`the digest does not cover ${unknown.join(', ')}`);
  const stamps = dependencies.map(input => [input, stampOf(input)]);
  writeFileSync(join(outdir, 'dependencies.json'), JSON.stringify(stamps));
}

function stampOf(file) {
  const { size, mtimeMs } = statSync(join(ROOT, file));
  // Archives and images keep whole seconds.
  return `${size} ${Math.floor(mtimeMs / 1000)}`;
}

/** False if someone has patched or linked a dependency, of which npm's record says nothing. */
function dependenciesUnchanged(folder) {
  const stamps = JSON.parse(readFileSync(join(folder, 'dependencies.json'), 'utf8'));
  return stamps.every(([file, stamp]) => stampOf(file) === stamp);
}

/** Marks the bundle as used today, so that it is not removed as old. Someone else's may be used, and not marked. */
function keep(folder) {
  const now = Date.now();
  if (now - statSync(folder).mtimeMs < DAY_MS) return;
  try {
    utimesSync(folder, now / 1000, now / 1000);
  } catch {
    // Removed after a month, it is made again.
  }
}

function removeOld() {
  for (const name of readdirSync(CACHE)) {
    const age = Date.now() - statSync(join(CACHE, name)).mtimeMs;
    if (age > (name.startsWith(UNFINISHED) ? UNFINISHED_BUNDLE_MS : UNUSED_BUNDLE_MS))
      rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}
