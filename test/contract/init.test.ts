import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { init, type InitOptions } from '../../cli/commands/init.ts';
import { consoleOver, type AsksFor } from '../../cli/context/console.ts';
import { Output } from '../../cli/context/output.ts';
import { readJob } from '../../lib/jobs/load-jobs.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

let aws: Embedded;
let old: string;
let to: string;
beforeAll(async () => {
  aws = await embedded();
  [old, to] = [await createKey(aws.kms), await createKey(aws.kms)];
  for (const table of ['Orders', 'Anonymous', 'Plain']) await simpleTable(aws.dynamodb, table);
  await put('Orders', { arn: { S: old } });
  await put('Anonymous', {});
  await aws.dynamodb.send(new PutItemCommand({ TableName: 'Plain', Item: { id: { S: 'p' } } }));
});
afterAll(() => aws.stop());

async function put(TableName: string, more: Record<string, { S: string }>): Promise<void> {
  const { CiphertextBlob } = await aws.kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({
      ...{ KeyId: old, NumberOfBytes: 32, EncryptionContext: { purpose: 'orders', tenant: 't1' } },
    }),
  );
  const Item = { id: { S: 'o-1' }, tenantId: { S: 't1' }, edk: { B: CiphertextBlob! }, ...more };
  await aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
}

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'rewrap-init-')), 'jobs');
const initBy = (jobs: string, ...args: readonly string[]): Promise<CliResult> =>
  rewrap(['init', ...args, '--jobs', jobs], { endpoint: aws.endpoint });
const CONTEXT = ['--context', 'purpose=orders', 'tenant=@tenantId'];

describe('rewrap init without a terminal', () => {
  it('writes a valid job that a plan accepts, and says by which command', async () => {
    const jobs = fresh();
    const options = ['--name', 'orders', '--destination', to, ...CONTEXT, '--json'];
    const { code, stdout, stderr } = await initBy(jobs, 'Orders', ...options);
    expect([code, stderr]).toEqual([0, expect.stringContaining('found attribute at edk')]);
    const file = join(jobs, 'orders.json');
    const { nextSteps } = JSON.parse(stdout) as { readonly nextSteps: { readonly command: string }[] };
    expect(readJob(file).problems).toEqual([]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      source: { keys: [old] },
      destination: { key: to },
      stores: [{ format: { encryptionContext: { purpose: 'orders', tenant: { attribute: 'tenantId' } } } }],
    });
    const words = nextSteps[0]!.command.split(' ').slice(2);
    expect(words.slice(0, 2)).toEqual(['plan', file]);
    expect((await rewrap(words)).code).toBe(0);
  });

  it('names every option that is missing, and writes nothing', async () => {
    const jobs = fresh();
    const { code, stderr } = await initBy(jobs, 'Anonymous');
    expect(code).toBe(2);
    for (const option of ['--source', '--destination', '--context']) expect(stderr).toContain(option);
    expect(existsSync(jobs)).toBe(false);
  });

  it.each([
    ['no store', [], 'name a store'],
    ['a store without data keys', ['Plain'], 'no job can be proposed'],
    ['a context that is none', ['Orders', '--context', 'purpose'], 'no pair of an encryption context'],
    ['a key that is none', ['Orders', '--destination', 'new', ...CONTEXT], 'destination.key'],
  ])('is refused %s, and writes nothing', async (_, args, words) => {
    const jobs = fresh();
    const { code, stderr } = await initBy(jobs, '--destination', to, ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(existsSync(jobs)).toBe(false);
  });

  it('overwrites no job', async () => {
    const jobs = fresh();
    const options = ['Orders', '--name', 'orders', '--destination', to, ...CONTEXT];
    expect((await initBy(jobs, ...options)).code).toBe(0);
    const before = readFileSync(join(jobs, 'orders.json'), 'utf8');
    const { code, stderr } = await initBy(jobs, ...options, '--max-concurrency', '2');
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not overwritten')]);
    expect(readFileSync(join(jobs, 'orders.json'), 'utf8')).toBe(before);
  });
});

describe('rewrap init at a terminal', () => {
  const options = (jobs: string, more: Partial<InitOptions> = {}): InitOptions => ({
    jobs,
    sample: 10,
    ...more,
  });
  /** Answers by a word of the question. An answer that is refused is not given again: that would never end. */
  async function talk(answers: Readonly<Record<string, string>>, given: InitOptions, store?: string) {
    const asked: string[] = [];
    const asksFor: AsksFor = ({ message, proposal, problem }) => {
      asked.push(message);
      const [, answer] = Object.entries(answers).find(([word]) => message.includes(word)) ?? [];
      if (answer === 'stop') return Promise.resolve(undefined);
      const taken = answer ?? proposal ?? '';
      const wrong = problem(taken);
      return wrong === undefined ? Promise.resolve(taken) : Promise.reject(new Error(`${message} ${wrong}`));
    };
    const sink = { write: (_: string, done: () => void) => done(), on: () => undefined };
    const [stdout, stderr] = [new Output(sink), new Output(sink)];
    const console = consoleOver({ json: false, stdout, stderr, now: () => 0, asksFor });
    const code = await init(store, given, {
      ...{ console, aws: { endpoint: aws.endpoint, region: 'us-east-1' } },
      ...{ caller: {}, deployment: 'KmsRewrap' },
    });
    return { code, asked };
  }

  it('asks only for what neither data nor options tell', async () => {
    const jobs = fresh();
    const answers = { 'move to': to, context: 'purpose=orders tenant=@tenantId' };
    const { code, asked } = await talk(answers, options(jobs, { name: 'orders' }), 'Orders');
    expect([code, asked.length]).toEqual([0, 3]);
    expect(JSON.parse(readFileSync(join(jobs, 'orders.json'), 'utf8'))).toMatchObject({
      destination: { key: to },
      limits: { kmsRequestsPerSecond: 500 },
    });
  });

  it('asks for the store and the source key where nothing names them', async () => {
    const jobs = fresh();
    const answers = { 'Which table': 'Anonymous', 'under?': old, 'move to': to };
    const { code, asked } = await talk(answers, options(jobs));
    expect([code, asked.length]).toEqual([0, 6]);
    expect(readJob(join(jobs, 'rewrap-anonymous.json')).job?.source.keys).toMatchObject([{ key: old }]);
  });

  it('writes nothing where a person would rather stop', async () => {
    const jobs = fresh();
    expect((await talk({ 'move to': 'stop' }, options(jobs), 'Orders')).code).toBe(2);
    expect(existsSync(jobs)).toBe(false);
  });

  it('takes no answer that is no key', async () => {
    await expect(talk({ 'move to': 'the new one' }, options(fresh()), 'Orders')).rejects.toThrow(
      'arn:aws:kms',
    );
  });
});
