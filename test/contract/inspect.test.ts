import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Inspection } from '../../cli/render/recognition.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { vectorStore } from '../support/vector-records.ts';

const folder = mkdtempSync(join(tmpdir(), 'rewrap-inspect-'));
let aws: Embedded;
let key: string;

beforeAll(async () => {
  aws = await embedded();
  key = await createKey(aws.kms);
  await fillTable();
  await fillBucket();
});
afterAll(() => aws.stop());

async function dataKey(): Promise<Buffer> {
  const command = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, NumberOfBytes: 32 });
  return Buffer.from((await aws.kms.send(command)).CiphertextBlob!);
}

const HOSTILE = '\u001b[31mred\u202e';

/** Items with data keys in two attributes, some with a message of the Encryption SDK, some with nothing. */
async function fillTable(): Promise<void> {
  await aws.dynamodb.send(
    new CreateTableCommand({
      ...{ TableName: 'Mixed', BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const put = async (id: string, attributes: Record<string, AttributeValue>): Promise<void> => {
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Mixed', Item: { id: { S: id }, ...attributes } }),
    );
  };
  for (const id of ['a', 'b', 'c', 'd', 'e'])
    await put(id, { envelope: { M: { edk: { B: await dataKey() }, arn: { S: key } } } });
  await put('doc', {
    secret: { S: JSON.stringify({ edk: (await dataKey()).toString('base64'), arn: key }) },
  });
  await put('none', { note: { S: 'x' } });
  const [message] = vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records;
  for (const id of [HOSTILE, (await dataKey()).toString('base64')])
    await put(id, { sent: { B: message!.body! } });
}

/** Many objects of one kind, and behind them few of another. */
async function fillBucket(): Promise<void> {
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'mixed' }));
  const put = (
    Key: string,
    Body: string | Uint8Array,
    Metadata: Record<string, string> = {},
  ): Promise<unknown> => aws.s3.send(new PutObjectCommand({ Bucket: 'mixed', Key, Body, Metadata }));
  const edk = (await dataKey()).toString('base64');
  for (let n = 0; n < 40; n++) await put(`app/a/${n}`, 'encrypted', { edk, 'key-arn': key });
  for (let n = 0; n < 3; n++) await put(`app/z/${n}.json`, JSON.stringify({ keys: [{ edk }] }));
  await put('app/z/large', Buffer.alloc(1_048_577, 7));
  await put('elsewhere', await dataKey());
}

const inspect = (...args: readonly string[]): Promise<CliResult> =>
  rewrap(['inspect', ...args], { endpoint: aws.endpoint });
const told = ({ stdout }: CliResult): Inspection => JSON.parse(stdout) as Inspection;
const summary = ({ formats }: Inspection): unknown =>
  formats.map(({ what, slot, records }) => [what, slot, records]);

describe('rewrap inspect of a table', () => {
  let json: CliResult;
  beforeAll(async () => {
    json = await inspect('Mixed', '--json');
  });

  it('tells a machine what it found and how much of each', () => {
    const found = told(json);
    expect(json.code).toBe(0);
    expect(Object.keys(found).sort()).toEqual(
      [
        'conclusion',
        'formats',
        'hidden',
        'job',
        'keys',
        'lookAlikes',
        'nextSteps',
        'notChecked',
        'questions',
        'records',
        'refused',
        'rsaLengths',
      ].concat(...['sample', 'serverSideKeys', 'store', 'withNone']),
    );
    expect(found).toMatchObject({
      ...{ records: 9, withNone: 1, hidden: 0, sample: { complete: true, bodiesUnread: 0 } },
      store: { type: 'dynamodb', table: 'Mixed', region: 'us-east-1' },
      refused: [{ what: 'esdk-message', records: 2 }],
      conclusion: { kind: 'several-formats' },
    });
    expect(summary(found)).toEqual([
      ['attribute', 'envelope.edk', 5],
      ['json-document', 'secret#/edk', 1],
    ]);
    expect(found.keys[0]).toEqual({ keyArn: key, records: 6 });
    expect(found.notChecked).not.toContain('records beyond the sample');
  });

  it('asks on stderr for what data does not tell', () => {
    expect(json.stderr).toMatch(/^open: destination\.key: /m);
    expect(json.stderr).toMatch(/^open: stores\[0\]\.format: which encryption context/m);
    expect(told(json).questions).toHaveLength(json.stderr.trim().split('\n').length);
  });

  it('tells people the same, and shows neither ciphertexts nor what a terminal obeys', async () => {
    const file = join(folder, 'mixed.json');
    const { code, stdout, stderr } = await inspect('Mixed', '--write', file);
    expect(code).toBe(0);
    expect(stdout).toContain('Mixed: 9 records looked at, these are all');
    expect(stdout).toContain('attribute at envelope.edk: 5 data keys in 5 records');
    expect(stdout).toMatch(/esdk-message in 2 records: the value .*decrypt/i);
    expect(stdout).toContain('1 record in which nothing was recognised');
    expect(stderr).toContain('jobs validate');
    for (const text of [stdout, stderr, json.stdout, json.stderr, readFileSync(file, 'utf8')]) {
      expect(text).not.toMatch(/AQ[EI]CA/);
      expect(text.includes('\u001b') || text.includes('\u202e')).toBe(false);
    }
  });

  it('writes a job that is refused until it is filled in, and valid then', async () => {
    const file = join(folder, 'mixed.json');
    const draft = await rewrap(['jobs', 'validate', file]);
    expect(draft.code).toBe(2);
    expect(draft.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/destination\.key = "FILL IN: .*write arn:aws:kms/),
    ]);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/FILL IN: [^"]*/, key.replace(/.{12}$/, '0'.repeat(12))),
    );
    expect(await rewrap(['jobs', 'validate', file])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('rewrap inspect of a bucket', () => {
  it('looks at several places of it, and says that there is more', async () => {
    const result = await inspect('s3://mixed/app/', '--sample', '16', '--json');
    const found = told(result);
    expect(result.code).toBe(0);
    expect(found).toMatchObject({ records: 16, sample: { complete: false } });
    expect(found.formats.map(({ what }) => what).sort()).toEqual(['json-document', 'object-metadata']);
    expect(found.notChecked).toContain('records beyond the sample');
    expect(found.store).toEqual({ type: 's3', bucket: 'mixed', prefix: 'app/', region: 'us-east-1' });
  });

  it('names bodies that it does not look at', async () => {
    const { code, stdout } = await inspect('s3://mixed/app/z/large');
    expect(code).toBe(1);
    expect(stdout).toContain('1 record whose body was not looked at: larger than 1 MiB');
    expect(stdout).toContain('No data key was recognised');
  });
});

describe('whoever may read a store and nothing else', () => {
  it.each([
    ['Mixed', { 'dynamodb:us-east-1:111122223333:table/Mixed': ['dynamodb:DescribeTable', 'dynamodb:Scan'] }],
    [
      's3://mixed/app/z/',
      {
        's3:::mixed': ['s3:GetBucketOwnershipControls', 's3:ListBucket'],
        's3:::mixed/*': ['s3:GetObject'],
      },
    ],
  ])('may inspect it: %s', async (store, granted) => {
    const Statement = Object.entries(granted).map(([resource, Action]) => ({
      ...{ Effect: 'Allow', Action, Resource: `arn:aws:${resource}` },
    }));
    const name = `reader-${store.length}`;
    const credentials = aws.aws.createUser(name, [{ Version: '2012-10-17', Statement }]);
    const result = await rewrap(['inspect', store], { endpoint: aws.endpoint, credentials });
    expect(result.stderr).toMatch(/^open: /);
    expect(result.code).toBe(0);
  });
});

describe('rewrap inspect does not begin', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['with no store', ['s3://X/'], /is no bucket name/],
    [
      'with a table that is not there',
      ['Nowhere'],
      /DescribeTable on table Nowhere: ResourceNotFoundException.*check its name/,
    ],
    ['with a bucket that is not there', ['s3://nowhere'], /nowhere.*NoSuchBucket.*check its name/],
    [
      'where its result would replace a file',
      ['Mixed', '--write', __filename],
      /exists, and is not overwritten/,
    ],
  ])('%s', async (_name, args, words) => {
    const { code, stdout, stderr } = await inspect(...args);
    expect([code, stdout, stderr.trim().split('\n')]).toEqual([2, '', [expect.stringMatching(words)]]);
  });

  it.each([
    ['Mixed', /^dynamodb:DescribeTable on table Mixed: AccessDenied.*you are allowed this call/],
    ['s3://mixed', /^s3:\w+ .*mixed.*AccessDenied.*you are allowed this call/],
  ])('without the right to read: it names the call, for %s', async (store, words) => {
    const credentials = aws.aws.createUser(`nobody-${store.length}`, []);
    const { code, stderr } = await rewrap(['inspect', store], { endpoint: aws.endpoint, credentials });
    expect(stderr.trim()).toMatch(words);
    expect(code).toBe(2);
  });
});
