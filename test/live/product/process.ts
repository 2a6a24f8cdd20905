import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly words: string;
}

export interface Spawned {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** A program in a process of its own, which ends if the signal says so. */
export function ran([file = '', ...args]: readonly string[], { cwd, env, signal }: Spawned): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  let [stdout, words] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    words += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      signal?.removeEventListener('abort', stop);
      resolve({ code, stdout, words });
    });
  });
}
