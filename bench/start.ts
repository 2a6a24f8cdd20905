import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { spreadOf } from './statistics.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** As the template has them: a test compares. The bench imports no sources of the product. */
export const HANDLERS = [
  'plan',
  'migrate-unit',
  'migrate-unit-plaintext',
  'verify-unit',
  'rollback-unit',
  'follow-table',
  'follow-bucket',
  'report',
] as const;

/** How a function starts, beside the clients that it cannot do without. */
export interface FunctionStart {
  readonly handler: string;
  readonly bytes: number;
  /** Milliseconds of CPU for its import in a fresh process. */
  readonly cpu: number;
  /** Over that of the bare clients in the same rounds. */
  readonly ratio: number;
}

/** Imports each bundle, and that of the bare clients, in fresh processes by turns. */
export async function starts(rounds: number): Promise<readonly FunctionStart[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-starts-'));
  try {
    const bundler = join(ROOT, 'lib/functions/bundle-handlers.mjs');
    execFileSync(process.execPath, [bundler, folder, ...HANDLERS]);
    writeFileSync(join(folder, 'jobs.json'), '[]');
    await bundleBareClients(folder);
    return measured(folder, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With the credentials that the functions have: the SDK's whole chain would make it slower to start, and us look better. */
function bundleBareClients(folder: string): Promise<unknown> {
  return build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/contenders/bare-clients.ts'],
    outfile: join(folder, 'bare-clients.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': join(ROOT, 'lambda/adapters/aws/function-credentials.ts'),
    },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}

function measured(folder: string, rounds: number): readonly FunctionStart[] {
  const names = ['bare-clients', ...HANDLERS];
  const times = new Map(names.map(name => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) times.get(name)?.push(cpuOfImport(join(folder, `${name}.mjs`)));
  const cpu = (name: string): number => spreadOf(times.get(name) ?? []).median;
  return HANDLERS.map(handler => ({
    handler,
    bytes: statSync(join(folder, `${handler}.mjs`)).size,
    cpu: cpu(handler),
    ratio: cpu(handler) / cpu('bare-clients'),
  }));
}

const IMPORT = `const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));`;

/** CPU, and not time: other processes of the machine do not add to it. */
function cpuOfImport(file: string): number {
  const url = pathToFileURL(file).href;
  const env = { ...process.env, ...OF_A_FUNCTION };
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', IMPORT, url], { env }));
}

const OF_A_FUNCTION = {
  RUN_BUCKET: 'run',
  JOURNAL_BUCKET: 'journal',
  LEDGER_TABLE: 'ledger',
  DEPLOYMENT: 'KmsRewrap',
  WORKER_TIMEOUT_SECONDS: '900',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};
