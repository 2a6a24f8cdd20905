import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The embedded AWS as a child process: the CLI talks to it over its port, as to any AWS. */
export interface EmbeddedAwsProcess {
  readonly endpoint: string;
  /** Creates the stacks of a cloud assembly and returns their names. */
  deploy(assembly: string): Promise<readonly string[]>;
  stop(): Promise<void>;
  /** Resolves when the process ends on its own. */
  readonly ended: Promise<void>;
}

/** Without their extension: `.ts` in a checkout, `.js` in the package. */
const EMULATOR = 'emulator/main';
const APP = 'bin/app';
const ROOT = codeFolder(new URL('./', import.meta.url));

export interface EmbeddedAwsProcessOptions {
  readonly port?: number;
  readonly logFolder?: string;
  readonly s3PageSize?: number;
  /** Where it keeps files for as long as it runs. @default the folder of the system for such files */
  readonly temporaryFolder?: string;
}

/** @throws NotStarted where it cannot have the port */
export async function startEmbeddedAws({
  port = 0,
  logFolder,
  s3PageSize,
  temporaryFolder,
}: EmbeddedAwsProcessOptions = {}): Promise<EmbeddedAwsProcess> {
  const args = ['--port', String(port)];
  if (logFolder !== undefined) args.push('--log-folder', logFolder);
  if (s3PageSize !== undefined) args.push('--s3-page-size', String(s3PageSize));
  const child = spawnOurs(EMULATOR, args, {
    ...process.env,
    ...temporaryIn(temporaryFolder),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const ended = once(child, 'exit').then(() => undefined);
  const endpoint = await firstLine(child);
  return {
    endpoint,
    ended,
    deploy: async assembly =>
      ((await control(endpoint, 'deploy', { assembly })) as { readonly stacks: readonly string[] }).stacks,
    stop: async () => {
      child.stdin?.end();
      await ended;
    },
  };
}

export interface Synthesis {
  readonly jobs: string;
  readonly outdir: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly temporaryFolder?: string;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Synthesizes the stack for a folder of jobs through the same entry point as `cdk synth`, with settings of its own.
 *
 * @throws SynthFailed
 */
export async function synthesize(options: Synthesis): Promise<void> {
  const { context } = JSON.parse(readFileSync(new URL('cdk.json', ROOT), 'utf8')) as {
    readonly context: Record<string, unknown>;
  };
  const merged = { ...context, settings: { ...options.settings, jobs: options.jobs } };
  const child = spawnOurs(APP, [], {
    // Most of a synthesis goes into checking the template against CloudFormation's rules. The embedded AWS has rules of
    // its own, so skip the check here; `cdk synth`, `cdk deploy` and test/infra/nag.test.ts keep it.
    CDK_VALIDATION: 'false',
    ...process.env,
    ...temporaryIn(options.temporaryFolder),
    CDK_OUTDIR: options.outdir,
    CDK_CONTEXT_JSON: JSON.stringify(merged),
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
  child.stdout?.resume();
  child.stdin?.end();
  options.signal?.addEventListener('abort', () => child.kill(), { once: true });
  if (options.signal?.aborted === true) child.kill();
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new SynthFailed(words.trim(), code === 2);
}

/** For `tmpdir()` of Node: on Windows it asks for another name than elsewhere. */
function temporaryIn(folder: string | undefined): Readonly<Record<string, string>> {
  return folder === undefined ? {} : { TMPDIR: folder, TEMP: folder };
}

/** The embedded AWS cannot have its port. The message names the port and the cure. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(message);
    this.code = code;
  }
}

/** The stack could not be synthesized. `refused` means that the jobs are at fault. */
export class SynthFailed extends Error {
  override readonly name = 'SynthFailed';
  readonly refused: boolean;

  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

/**
 * The folder that has all of our code: the checkout, or `dist` in the package. Seen from this file or from the bundle that
 * bin/cli-bundle.mjs makes of it.
 */
function codeFolder(folder: URL): URL {
  if (['.ts', '.js'].some(extension => existsSync(new URL(`${EMULATOR}${extension}`, folder)))) return folder;
  const above = new URL('../', folder);
  if (above.href === folder.href) throw new Error(`no folder above ${import.meta.url} holds ${EMULATOR}`);
  return codeFolder(above);
}

function spawnOurs(file: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const source = new URL(`${file}.ts`, ROOT);
  const run = existsSync(source)
    ? ['--import', tsx(), fileURLToPath(source)]
    : [fileURLToPath(new URL(`${file}.js`, ROOT))];
  return spawn(process.execPath, [...run, ...args], {
    env,
    cwd: fileURLToPath(ROOT),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** In a checkout alone: the package has no sources to run, and does not install it. */
function tsx(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}

type Said =
  { readonly endpoint: string } | { readonly error: { readonly code: string; readonly message: string } };

async function firstLine(child: ChildProcess): Promise<string> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
  if (child.stdout === null) throw new Error('the embedded AWS has no standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Said;
    if ('error' in said) throw new NotStarted(said.error);
    return said.endpoint;
  }
  throw new Error(`the embedded AWS did not start: ${words.trim()}`);
}

async function control(endpoint: string, action: string, input: object): Promise<unknown> {
  const response = await fetch(`${endpoint}/_embedded/${action}`, {
    method: 'POST',
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as { readonly message?: string };
  if (!response.ok) throw new Error(`the embedded AWS cannot ${action}: ${body.message}`);
  return body;
}

/** Any credentials work: the embedded AWS identifies the caller by the access key and checks no signature. */
export const LOCAL_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const;
