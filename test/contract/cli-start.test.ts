import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEPENDENCY = join('node_modules', 'dependency');
const CACHE = join('node_modules', '.cache', 'kms-rewrap');
/** Older than any bundle, complete or not, that is kept. */
const LONG_AGO = new Date('2001-01-01');

const write = (root: string, file: string, text: string): void => writeFileSync(join(root, file), text);
const says = (words: string): string => `export const words: string = ${JSON.stringify(words)};\n`;

/** A package with the layout of this one. Its command prints what its sources and its dependency say. */
function packageThatSays(words: string): string {
  const root = mkdtempSync(join(tmpdir(), 'rewrap-start-'));
  for (const folder of ['bin', 'cli', 'node_modules', DEPENDENCY]) mkdirSync(join(root, folder));
  for (const file of ['rewrap.mjs', 'cli-bundle.mjs'])
    cpSync(join(ROOT, 'bin', file), join(root, 'bin', file));
  for (const name of ['esbuild', 'tsx'])
    symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  write(root, 'package.json', '{ "type": "module" }');
  write(root, join('node_modules', '.package-lock.json'), '{ "version": 1 }');
  write(root, join(DEPENDENCY, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  write(root, join(DEPENDENCY, 'index.js'), "export const mark = '.';\n");
  write(
    root,
    join('bin', 'rewrap.ts'),
    "import { mark } from 'dependency';\n" +
      "const { words } = await import('../cli/words.ts');\n" +
      'console.log((words satisfies string) + mark, process.argv[2]);\n',
  );
  write(root, join('cli', 'words.ts'), says(words));
  return root;
}

async function run(root: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bin', 'rewrap.mjs'), 'status']);
  return stdout;
}

const cached = (root: string): readonly string[] => readdirSync(join(root, CACHE));

describe('a command', () => {
  it('does what its sources say now, and uses a bundle again for the same sources only', async () => {
    const root = packageThatSays('one');
    expect(await run(root)).toBe('one. status\n');
    expect(await run(root)).toBe('one. status\n');
    const [first, ...others] = cached(root);
    expect(others).toEqual([]);
    write(root, join('cli', 'words.ts'), says('two'));
    expect(await run(root)).toBe('two. status\n');
    expect(cached(root)).toHaveLength(2);
    write(root, join('cli', 'words.ts'), says('one'));
    expect(await run(root)).toBe('one. status\n');
    expect(cached(root)).toContain(first);
    expect(cached(root)).toHaveLength(2);
  });

  it('uses the dependencies that are installed now, whether npm or someone else has changed them', async () => {
    const root = packageThatSays('one');
    await run(root);
    write(root, join(DEPENDENCY, 'index.js'), "export const mark = '!!';\n");
    expect(await run(root)).toBe('one!! status\n');
    write(root, join('node_modules', '.package-lock.json'), '{ "version": 2 }');
    expect(await run(root)).toBe('one!! status\n');
    expect(cached(root)).toHaveLength(2);
  });

  it('keeps no bundle if its sources change while it is made', async () => {
    const root = packageThatSays('one');
    const esbuild = join(root, 'node_modules', 'busy-esbuild');
    mkdirSync(esbuild);
    write(
      root,
      join('node_modules', 'busy-esbuild', 'index.cjs'),
      `const { buildSync } = require(${JSON.stringify(join(ROOT, 'node_modules', 'esbuild'))});
      exports.buildSync = options => {
        const result = buildSync(options);
        require('node:fs').writeFileSync(${JSON.stringify(join(root, 'cli', 'words.ts'))}, ${JSON.stringify(says('two'))});
        return result;
      };`,
    );
    write(root, join('node_modules', 'busy-esbuild', 'package.json'), '{ "main": "index.cjs" }');
    const bundler = join(root, 'bin', 'cli-bundle.mjs');
    writeFileSync(
      bundler,
      readFileSync(bundler, 'utf8').replace("import('esbuild')", "import('busy-esbuild')"),
    );
    expect(await run(root)).toBe('two. status\n');
    expect(cached(root)).toEqual([]);
  });

  it('keeps no bundle of a source that its digest does not cover', async () => {
    const root = packageThatSays('one');
    mkdirSync(join(root, 'elsewhere'));
    write(root, join('elsewhere', 'words.ts'), says('from elsewhere'));
    write(root, join('cli', 'words.ts'), "export * from '../elsewhere/words.ts';\n");
    expect(await run(root)).toBe('from elsewhere. status\n');
    expect(cached(root)).toEqual([]);
  });

  it('started several times at once does the same in each, and leaves one bundle', async () => {
    const root = packageThatSays('one');
    const said = await Promise.all(Array.from({ length: 3 }, () => run(root)));
    expect(said).toEqual(Array.from({ length: 3 }, () => 'one. status\n'));
    expect(cached(root)).toHaveLength(1);
  });

  it('removes what an interrupted command left unfinished, and bundles that nobody uses any longer', async () => {
    const root = packageThatSays('one');
    for (const name of ['unfinished-1', 'of-old-sources']) {
      mkdirSync(join(root, CACHE, name), { recursive: true });
      utimesSync(join(root, CACHE, name), LONG_AGO, LONG_AGO);
    }
    mkdirSync(join(root, CACHE, 'unfinished-2'));
    await run(root);
    expect(cached(root)).toHaveLength(2);
    expect(cached(root)).toContain('unfinished-2');
  });

  it('runs from its sources if no bundle can be kept', async () => {
    const root = packageThatSays('one');
    write(root, join('node_modules', '.cache'), 'no folder');
    expect(await run(root)).toBe('one. status\n');
  });

  it('runs from its sources if npm has not recorded what is installed', async () => {
    const root = packageThatSays('one');
    rmSync(join(root, 'node_modules', '.package-lock.json'));
    expect(await run(root)).toBe('one. status\n');
  });
});
