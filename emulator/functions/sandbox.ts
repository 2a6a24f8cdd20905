import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Credentials } from '../protocol/callers.ts';
import type { LogLines } from '../meter/log-lines.ts';
import type { FunctionDefinition, InvocationResult } from './functions.ts';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

/** How long a sandbox may take to load its code (Lambda developer guide, init phase). */
const INIT_SECONDS = 10;

export interface SandboxOptions {
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** Folder for log groups; logs are dropped without one. */
  readonly logFolder?: string;
  /** Counts the lines of the log. */
  readonly lines?: LogLines;
  /** @default 10 */
  readonly initSeconds?: number;
}

/** What the process says of itself after an invocation. */
interface Usage {
  readonly cpuMilliseconds: number;
  readonly peakResidentBytes: number;
}

type Message =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'init-failed' | 'failed';
      readonly error: { readonly errorType: string; readonly errorMessage: string };
      readonly usage?: Usage;
    }
  | { readonly kind: 'returned'; readonly payload: unknown; readonly usage?: Usage };

/** One execution environment: a process with the function's code, environment, memory and one invocation at a time. */
export class Sandbox {
  readonly #definition: FunctionDefinition;
  readonly #process: ChildProcess;
  readonly #log: WriteStream | undefined;
  readonly #ready: Promise<Message>;
  readonly #initSeconds: number;
  #exited = false;
  #used = { milliseconds: 0, cpuMilliseconds: 0, peakResidentBytes: 0 };

  constructor(definition: FunctionDefinition, options: SandboxOptions) {
    this.#definition = definition;
    this.#initSeconds = options.initSeconds ?? INIT_SECONDS;
    this.#log = logStream(definition, options.logFolder);
    this.#process = fork(BOOTSTRAP, [], {
      env: environment(definition, options),
      // V8 gets the function's memory less what the process itself needs, as on Lambda.
      execArgv: [`--max-old-space-size=${Math.max(64, Math.floor(definition.memoryMb * 0.9))}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    if (this.#log !== undefined) {
      this.#process.stdout?.pipe(this.#log, { end: false });
      this.#process.stderr?.pipe(this.#log, { end: false });
    } else {
      this.#process.stdout?.resume();
      this.#process.stderr?.resume();
    }
    const { lines } = options;
    if (lines !== undefined)
      for (const stream of [this.#process.stdout, this.#process.stderr])
        stream?.on('data', (chunk: Buffer) => lines.write(chunk));
    this.#process.on('exit', () => (this.#exited = true));
    // A message to a process that has just ended. Its exit follows, and tells whoever waits.
    this.#process.on('error', () => undefined);
    this.#ready = this.#nextMessage();
    // The caller of invoke() sees the failure. If nobody invokes it, the failure must not end the process.
    this.#ready.catch(() => undefined);
  }

  /** Whether it runs this code, under this role and environment. */
  runs(definition: FunctionDefinition): boolean {
    return isDeepStrictEqual(this.#definition, definition);
  }

  get functionArn(): string {
    return this.#definition.arn;
  }

  get alive(): boolean {
    return !this.#exited;
  }

  /** What the last invocation took. One that was killed tells no CPU and no memory. */
  get used(): Usage & { readonly milliseconds: number } {
    return this.#used;
  }

  /**
   * Loading the code is the init phase, which has ten seconds of its own. If they are not enough, Lambda begins it again as a part
   * of the first invocation, with the function's time-out. Here it just goes on.
   */
  async invoke(event: unknown, requestId: string): Promise<InvocationResult> {
    const { timeoutSeconds, arn } = this.#definition;
    const ready = await this.#within(this.#initSeconds + timeoutSeconds, this.#ready);
    if (ready === 'exited') return failed(exitError(requestId));
    if (ready === 'timed-out') return failed(timeoutError(requestId, timeoutSeconds));
    if (ready.kind !== 'ready') return failed('error' in ready ? ready.error : exitError(requestId));
    const answer = this.#nextMessage();
    const begin = performance.now();
    this.#process.send({ event, requestId, deadline: Date.now() + timeoutSeconds * 1000, functionArn: arn });
    const message = await this.#within(timeoutSeconds, answer);
    const usage = typeof message === 'object' && 'usage' in message ? message.usage : undefined;
    const none = { cpuMilliseconds: 0, peakResidentBytes: 0 };
    this.#used = { milliseconds: performance.now() - begin, ...(usage ?? none) };
    if (message === 'timed-out') return failed(timeoutError(requestId, timeoutSeconds));
    return message === 'exited' ? failed(exitError(requestId)) : resultOf(message);
  }

  /** The message, or why there is none. A sandbox that is late is killed. */
  async #within(seconds: number, message: Promise<Message>): Promise<Message | 'timed-out' | 'exited'> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.kill();
    }, seconds * 1000);
    try {
      return await message;
    } catch {
      return late.signal.aborted ? 'timed-out' : 'exited';
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
    this.#log?.end();
  }

  #nextMessage(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error('exited'));
      if (this.#exited) return onExit();
      this.#process.once('exit', onExit);
      this.#process.once('message', message => {
        this.#process.off('exit', onExit);
        resolve(message as Message);
      });
    });
  }
}

function resultOf(message: Message): InvocationResult {
  return message.kind === 'returned'
    ? { kind: 'returned', payload: message.payload }
    : failed('error' in message ? message.error : { errorType: 'Unknown', errorMessage: '' });
}

function failed(error: { readonly errorType: string; readonly errorMessage: string }): InvocationResult {
  return { kind: 'failed', errorType: error.errorType, payload: error };
}

function exitError(requestId: string): { errorType: string; errorMessage: string } {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
  };
}

function timeoutError(requestId: string, seconds: number): { errorType: string; errorMessage: string } {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

function environment(
  definition: FunctionDefinition,
  { endpoint, credentials }: SandboxOptions,
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...definition.environment,
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'embedded',
    LAMBDA_TASK_ROOT: definition.folder,
    _HANDLER: definition.handler,
  };
}

function logStream({ logGroup }: FunctionDefinition, folder: string | undefined): WriteStream | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  return createWriteStream(join(folder, `${logGroup.replaceAll('/', '_')}.log`), { flags: 'a' });
}
