import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'bin', 'rewrap.mjs');
const HOME = mkdtempSync(join(tmpdir(), 'rewrap-errors-'));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function rewrap(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOME, NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' },
      ...env,
    },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')));
  return new Promise(resolve => child.on('close', code => resolve({ code, ...said })));
}

const refused = (words: string, code?: string): object => ({
  error: {
    name: 'Refused',
    words: expect.stringContaining(words) as string,
    ...(code !== undefined && { code }),
  },
  notChecked: [expect.any(String)],
  nextSteps: [],
});

describe('a command with --json that has no result', () => {
  it.each([
    ['a mistyped command', ['reprot', 'x', '--json'], 'Did you mean report?', 'cli.commandLine'],
    ['a missing argument', ['plan', '--json'], "missing required argument 'job'", 'cli.commandLine'],
    ['an option that it has not', ['status', '--json', '--sampel'], '--sampel', 'cli.commandLine'],
    ['a key that is none', ['retire-check', 'orders-2025', '--json'], 'names no KMS key', undefined],
    ['a note of its own', ['discover', '--sample', '0', '--json'], 'no record would be looked at', undefined],
    [
      'a file that is not there',
      ['attest', 'verify', 'no.json', '--json'],
      'no.json cannot be read',
      undefined,
    ],
  ])('says why in one JSON document on stdout: %s', async (_, args, words, code) => {
    const ended = await rewrap(args);
    expect(JSON.parse(ended.stdout)).toMatchObject(refused(words, code));
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  it('says so of an AWS that does not answer', async () => {
    const { code, stdout } = await rewrap(['status', '--json'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect([code, JSON.parse(stdout)]).toEqual([2, refused('AWS does not answer')]);
  });

  it('leaves stdout empty without --json, and where that is a word', async () => {
    for (const args of [['plan'], ['status', 'a', '--', '--json']])
      expect(await rewrap(args)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('an endpoint that is not AWS', () => {
  let page: Server;
  let url = '';
  beforeAll(async () => {
    page = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<html>Log in</html>');
    });
    await new Promise<void>(resolve => page.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  });
  afterAll(() => page.close());

  it.each([
    [['status']],
    [['inspect', 'Orders']],
    [['inspect', 's3://orders/']],
    [['retire-check', 'alias/a']],
  ])('and answers by a page is not read as an empty AWS: %p', async args => {
    const { code, stdout, stderr } = await rewrap(args, { AWS_ENDPOINT_URL: url });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('a web page has answered')]);
  });

  it('and is no URL is named as that', async () => {
    const { code, stderr } = await rewrap(['status', '--endpoint-url', '127.0.0.1:4566']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the endpoint is no URL')]);
  });
});
