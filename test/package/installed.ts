import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(__dirname, '../..');
const TSC = createRequire(__filename).resolve('typescript/bin/tsc');
const run = promisify(execFile);

export interface Packed {
  readonly file: string;
  readonly bytes: number;
  readonly files: readonly { readonly path: string }[];
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The package as `npm pack` makes it, in a folder of its own. */
export async function packed(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-packed-'));
  const { stdout } = await npm(ROOT, ['pack', '--json', '--pack-destination', folder]);
  const [{ filename, size, files }] = JSON.parse(stdout) as [
    { readonly filename: string; readonly size: number; readonly files: Packed['files'] },
  ];
  return { file: join(folder, filename), bytes: size, files };
}

/** A CDK app that has the packed file and its peers installed, and nothing of this checkout. */
export async function emptyProject({ file }: Packed): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-project-'));
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const peers = ['aws-cdk-lib', 'constructs', '@types/node'].map(name => [name, devDependencies[name]]);
  const dependencies = { 'kms-rewrap': `file:${file}`, ...Object.fromEntries(peers) };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  mkdirSync(join(folder, 'jobs'));
  cpSync(join(ROOT, 'examples/jobs/orders.json'), join(folder, 'jobs/orders.json'));
  await npm(folder, ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']);
  return folder;
}

/** What the compiler says of the app of a project; nothing if it is right. */
export async function compiled(folder: string, options: readonly string[]): Promise<string> {
  const strict = ['--strict', '--target', 'es2022', '--types', 'node', '--outDir', 'out'];
  const { stdout, stderr } = await ended(process.execPath, [TSC, ...strict, ...options, 'app.ts'], folder);
  return stdout + stderr;
}

export async function ended(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { cwd, env, maxBuffer: 100_000_000, shell: process.platform === 'win32' };
  return run(command, args, options).then(
    words => ({ code: 0, ...words }),
    (error: unknown) => error as Ended,
  );
}

async function npm(cwd: string, args: readonly string[]): Promise<Ended> {
  const result = await ended('npm', args, cwd);
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')}: ${result.stderr}`);
  return result;
}
