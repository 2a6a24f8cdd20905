import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Any credentials work: the embedded AWS identifies the caller by the access key and checks no signature. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** A file of the bench as a process of its own, which answers each message with another. */
export class BenchProcess<First> {
  readonly #child: ChildProcess;
  readonly first: Promise<First>;
  readonly #waiting = new Map<number, (message: { answer?: unknown; error?: string }) => void>();
  #asked = 0;

  /** @param heapMb room for what a store of millions of records takes */
  constructor(file: string, heapMb = 2_048) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      env: { ...process.env, ...ENVIRONMENT },
      execArgv: ['--import', TSX, `--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.first = once(this.#child, 'message').then(([message]) => message as First);
    this.#child.on('message', (message: { id?: number; answer?: unknown; error?: string }) => {
      if (message.id === undefined) return;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
    this.#child.on('exit', () => {
      for (const fail of this.#waiting.values()) fail({ error: `${file} has ended` });
    });
  }

  ask(name: string, of: object): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ answer, error }) =>
        error === undefined ? resolve(answer) : reject(new Error(`${name}: ${error}`)),
      );
      this.#child.send({ id, name, of });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
