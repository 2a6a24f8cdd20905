import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program to its end. A program that is not there ends with the code `null`. */
export function run(
  [program = '', ...args]: readonly string[],
  { cwd, env, input = '' }: Run = {},
): Promise<Finished> {
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', error => resolve({ code: null, stdout, stderr: error.message }));
    child.on('close', code => resolve({ code, stdout, stderr }));
    // Whoever ends early does not read what it is told.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** @throws Error with the last lines of what the program said, if it fails */
export async function succeed(command: readonly string[], options: Run = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, options);
  if (code === 0) return stdout;
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  // Some say first what is wrong, others last.
  const words = (lines.length < 10 ? lines : [...lines.slice(0, 4), '…', ...lines.slice(-5)]).join('\n');
  throw new Error(`${command.slice(0, 2).join(' ')} ended with ${code}: ${words}`);
}
