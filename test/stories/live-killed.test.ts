import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, paginateListKeys } from '@aws-sdk/client-kms';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { embedded, type Embedded } from '../support/embedded.ts';
import { ROOT } from '../support/readme.ts';

interface Ended {
  readonly code: number | null;
  readonly words: string;
}

describe('a live test that is killed', () => {
  let aws: Embedded;
  const ledgers = mkdtempSync(join(tmpdir(), 'ledgers-'));
  beforeAll(async () => (aws = await embedded()));
  afterAll(() => aws.stop());

  /** As a process of its own, which is killed once it says something. */
  function live(
    args: readonly string[],
    killedAt?: RegExp,
    signal: NodeJS.Signals = 'SIGKILL',
  ): Promise<Ended> {
    const target = ['--account', '111122223333', '--endpoint-url', aws.endpoint, '--ledgers', ledgers];
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/live/main.ts', ...target, ...args], {
      cwd: ROOT,
      env: process.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString('utf8');
      if (killedAt?.test(words) !== true || child.killed) return;
      child.kill(signal);
    });
    return new Promise(resolve => child.on('close', code => resolve({ code, words })));
  }

  async function enabledKeys(): Promise<number> {
    let enabled = 0;
    for await (const { Keys = [] } of paginateListKeys({ client: aws.kms }, {}))
      for (const { KeyArn: KeyId } of Keys) {
        const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId }));
        if (!KeyMetadata!.KeyState!.startsWith('Pending')) enabled++;
      }
    return enabled;
  }

  it('says beforehand which command removes what it leaves, and that command does', async () => {
    const killed = await live(['--at-most', '2', '--questions'], /kms-wrong-context/);
    expect(killed).toMatchObject({ code: null });
    const [, id = ''] = /--clean ([0-9a-f]{10})/.exec(killed.words) ?? [];
    expect(readdirSync(ledgers)).toEqual([`${id}.jsonl`]);
    expect(await enabledKeys()).toBe(4);
    const cleaned = await live(['--clean', id]);
    expect(cleaned).toMatchObject({ code: 0, words: expect.stringContaining('What remains') as unknown });
    expect(await enabledKeys()).toBe(0);
    expect((await aws.dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect((await aws.s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  });

  it('by Ctrl-C removes what it has made, and ends with exit code 4', async () => {
    const interrupted = await live(['--at-most', '2', '--questions'], /kms-wrong-context/, 'SIGINT');
    expect(interrupted).toMatchObject({
      code: 4,
      words: expect.stringContaining('it was interrupted') as unknown,
    });
    expect(await enabledKeys()).toBe(0);
    expect((await aws.dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });
});
