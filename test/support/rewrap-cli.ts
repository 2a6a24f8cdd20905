import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Credentials } from '../../emulator/protocol/callers.ts';

const CLI = fileURLToPath(new URL('../../bin/rewrap.mjs', import.meta.url));
const CLOCK = new URL('./shifted-clock.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI as a user does: as a separate process, from the root of the project. */
export function rewrap(
  args: readonly string[],
  options: {
    readonly endpoint?: string;
    readonly interruptAfter?: RegExp;
    /** Whose access key it uses. @default an administrator's */
    readonly credentials?: Credentials;
    /** How far its clock is ahead. */
    readonly hoursLater?: number;
  } = {},
): Promise<CliResult> {
  const endpoint =
    options.endpoint === undefined ? [] : ['--endpoint-url', options.endpoint, '--region', 'us-east-1'];
  const child = spawn(process.execPath, [CLI, ...args, ...endpoint], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...environmentOf(options.credentials), ...clockOf(options) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    const before = options.interruptAfter?.test(stderr) ?? true;
    stderr += chunk.toString('utf8');
    if (!before && options.interruptAfter?.test(stderr) === true) child.kill('SIGINT');
  });
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })));
}

function environmentOf(credentials: Credentials | undefined): Readonly<Record<string, string>> {
  if (credentials === undefined) return {};
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

function clockOf({ hoursLater = 0 }: { readonly hoursLater?: number }): Readonly<Record<string, string>> {
  if (hoursLater === 0) return {};
  return { NODE_OPTIONS: `--import ${CLOCK}`, GUIDE_CLOCK_AHEAD_MS: String(hoursLater * 3_600_000) };
}
