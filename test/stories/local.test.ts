import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rewrap } from '../support/rewrap-cli.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Local {
  readonly child: ChildProcess;
  /** What it has printed once this is in it. */
  until(words: RegExp): Promise<string>;
  readonly ended: Promise<number | null>;
}

/** `rewrap local`, with a folder of its own for temporary files. */
function startLocal(args: readonly string[], temporary: string): Local {
  const child = spawn(process.execPath, ['bin/rewrap.mjs', 'local', '--port', '0', ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ...{ child, ended },
    until: words =>
      new Promise((resolve, reject) => {
        let text = '';
        const look = (chunk: Buffer): void => {
          text += chunk.toString('utf8');
          if (words.test(text)) resolve(text);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(code => reject(new Error(`it ended with ${code}: ${text}`)));
      }),
  };
}

/** In a shell with nothing but what is printed. */
function inShell(script: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  return new Promise(resolve =>
    execFile('sh', ['-c', script], { cwd: ROOT, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout: stdout + stderr }),
    ),
  );
}

describe('rewrap local', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'local-test-'));
  afterEach(() => expect(readdirSync(temporary)).toEqual([]));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  it('fills itself for a demo, and what it prints runs as it is printed', async () => {
    const local = startLocal(['--demo'], temporary);
    const printed = await local.until(/Ctrl-C ends it/);
    expect(printed).toContain('# table Orders: 2,000 items; bucket order-documents: 500 objects');
    const exported = /^export .+$/m.exec(printed)?.[0] ?? '';
    const commands = [...printed.matchAll(/^ {2}npx rewrap (\w+).*$/gm)];
    const ran = [];
    for (const [command, name] of commands) ran.push({ name, ...(await inShell(`${exported}\n${command}`)) });
    // Some data keys of the demo are broken on purpose, and so a run of it ends with 1.
    expect(ran.map(({ name, code }) => [name, code])).toEqual([
      ['inspect', 0],
      ['plan', 0],
      ['run', 1],
    ]);
    expect(ran[2]?.stdout).toContain('12 data keys may still need a source key');
    local.child.kill('SIGINT');
    expect(await local.ended).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('removes its files on %s, while it synthesizes', async signal => {
    const local = startLocal(['--jobs', 'examples/jobs/orders.json'], temporary);
    await local.until(/Synthesizing/);
    local.child.kill(signal);
    expect(await local.ended).toBe(4);
  });

  it('removes its files on SIGTERM, when it is ready', async () => {
    const local = startLocal(['--jobs', 'examples/jobs/orders.json', '--json'], temporary);
    const answer = await local.until(/^\{.*"endpoint".*\}$/m);
    expect(answer).toContain('AWS_ENDPOINT_URL');
    local.child.kill('SIGTERM');
    expect(await local.ended).toBe(0);
  });

  it('names a port that is in use, and the cure', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await rewrap(['local', '--port', String(port), '--json']);
    taken.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain('name another port, or 0 for any free one');
  });
});
