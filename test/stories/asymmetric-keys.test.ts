import { PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  type CreateKeyCommandInput,
  type EncryptionAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Report, WrappingKey } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const RSA: CreateKeyCommandInput = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' };
const CONTEXT = { purpose: 'orders' };
const MOST = 4;

/** A data key that an application has encrypted with the public key of an RSA key, or had KMS encrypt. */
interface Written {
  readonly id: string;
  readonly key: string;
  readonly algorithm: EncryptionAlgorithmSpec;
  /** The record says with which algorithm. */
  readonly says?: boolean;
}

describe('a move from RSA keys to a symmetric one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-asymmetric-'));
  const csv = join(folder, 'keys.csv');
  const html = join(folder, 'report.html');
  let aws: Embedded;
  const keys = { large: '', small: '', old: '', foreign: '', destination: '' };

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0 });
    const create = async (input: CreateKeyCommandInput): Promise<string> =>
      (await aws.kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
    keys.large = await create({ ...RSA, KeySpec: 'RSA_4096' });
    keys.small = await create(RSA);
    keys.foreign = await create(RSA);
    keys.old = await create({});
    keys.destination = await create({});
    await simpleTable(aws.dynamodb, 'Orders');
    for (const one of written()) await put(one);
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'to-symmetric.json'), JSON.stringify(job()));
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
  });
  afterAll(() => aws.stop());

  function job(): object {
    const encryptionAlgorithm = 'RSAES_OAEP_SHA_256';
    return {
      name: 'to-symmetric',
      source: {
        keys: [{ key: keys.large, encryptionAlgorithm }, { key: keys.small, encryptionAlgorithm }, keys.old],
      },
      destination: { key: keys.destination },
      stores: [
        {
          type: 'dynamodb',
          table: 'Orders',
          format: {
            ...{ type: 'attribute', dataKey: 'edk', encryptionAlgorithm: 'algorithm' },
            ...{ encryptionContext: {}, destinationEncryptionContext: CONTEXT },
          },
        },
      ],
      limits: { maxConcurrency: 2 },
    };
  }

  function written(): readonly Written[] {
    const many = (name: string, one: Omit<Written, 'id'>): readonly Written[] =>
      Array.from({ length: MOST }, (_, index) => ({ ...one, id: `${name}-${index}` }));
    return [
      ...many('large', { key: keys.large, algorithm: 'RSAES_OAEP_SHA_256' }),
      ...many('small', { key: keys.small, algorithm: 'RSAES_OAEP_SHA_256' }),
      ...many('sha1', { key: keys.small, algorithm: 'RSAES_OAEP_SHA_1', says: true }),
      ...many('old', { key: keys.old, algorithm: 'SYMMETRIC_DEFAULT' }),
      { id: 'foreign', key: keys.foreign, algorithm: 'RSAES_OAEP_SHA_256' },
    ];
  }

  async function put({ id, key, algorithm, says }: Written): Promise<void> {
    const { CiphertextBlob } = await aws.kms.send(
      new EncryptCommand({
        KeyId: key,
        EncryptionAlgorithm: algorithm,
        Plaintext: Buffer.from(`key of ${id}`),
      }),
    );
    const Item: Record<string, AttributeValue> = { id: { S: id }, edk: { B: CiphertextBlob! } };
    if (says === true) Item['algorithm'] = { S: algorithm };
    await aws.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
  }

  async function run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly report: Report }> {
    const { code, stdout, stderr } = await rewrap(['run', 'to-symmetric', '--json', ...args], {
      endpoint: aws.endpoint,
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    return { code, report: JSON.parse(stdout) as Report };
  }

  const row = (of: Pick<WrappingKey, 'keyArn' | 'keySpec' | 'encryptionAlgorithm'>, before = MOST) => ({
    ...of,
    ...{ before, after: before },
    stores: [{ store: 'dynamodb:Orders', before, after: before }],
  });

  it.each<[string, readonly string[]]>([
    ['census', []],
    ['dry run of a census', ['--dry-run']],
  ])('a %s counts by key, spec and algorithm, and where they are', async (_name, args) => {
    const { report } = await run('--mode', 'census', ...args);
    expect(report.wrappingKeys?.slice(0, 3)).toEqual(
      expect.arrayContaining([
        row({ keyArn: keys.large, keySpec: 'RSA_4096', encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }),
        row({ keyArn: keys.small, keySpec: 'RSA_2048', encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }),
        row({ keyArn: keys.small, keySpec: 'RSA_2048', encryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
      ]),
    );
    const symmetric = { keySpec: 'SYMMETRIC_DEFAULT', encryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const;
    expect(report.wrappingKeys?.slice(3)).toEqual([row({ keyArn: keys.old, ...symmetric })]);
    // Nobody can see whose ciphertext of an RSA key it is.
    expect(report.stores[0]?.outcomes).toEqual({ 'to-rewrap': 4 * MOST, unreadable: 1 });
    expect(report.failures[0]?.reason).toContain(
      'corrupt, or under another encryption context or another key',
    );
  });

  it('an inspection names what may be under the RSA key that stands beside it, and proposes nothing', async () => {
    await simpleTable(aws.dynamodb, 'Named');
    const { CiphertextBlob } = await aws.kms.send(
      new EncryptCommand({
        ...{ KeyId: keys.large, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
        Plaintext: Buffer.from('a data key'),
      }),
    );
    const Item = { id: { S: 'a' }, edk: { B: CiphertextBlob! }, by: { S: keys.large } };
    await aws.dynamodb.send(new PutItemCommand({ TableName: 'Named', Item }));
    const { code, stdout } = await rewrap(['inspect', 'Named'], { endpoint: aws.endpoint });
    expect(code).toBe(1);
    expect(stdout).toContain('As long as what an RSA key encrypts, beside the name of a KMS key');
    expect(stdout).toContain('edk (RSA_4096) in 1 record');
    expect(stdout).toContain('No data key was recognised that a job could re-wrap');
  });

  it('its report says so as CSV, on its page and on a terminal', async () => {
    const { report } = await run('--mode', 'census');
    const shown = await rewrap(['report', report.runId, '--keys', csv, '--html', html], {
      endpoint: aws.endpoint,
    });
    const lines = readFileSync(csv, 'utf8').split('\r\n');
    expect(lines[0]).toBe('store,keyArn,keySpec,encryptionAlgorithm,before,after');
    expect(lines).toContain(`dynamodb:Orders,${keys.small},RSA_2048,RSAES_OAEP_SHA_1,${MOST},${MOST}`);
    expect(lines).toHaveLength(4 + 2);
    expect(readFileSync(html, 'utf8')).toContain(`<td>RSA_4096</td><td>RSAES_OAEP_SHA_256</td>`);
    expect(shown.stdout).toMatch(/RSA_2048[\s│]+RSAES_OAEP_SHA_1/);
  });

  it('a migration leaves no data key under an RSA key that can be told, and readers open all of them', async () => {
    const { code, report } = await run();
    expect(code).toBe(1);
    expect(report.stores[0]?.outcomes).toEqual({ rewrapped: 4 * MOST, unreadable: 1 });
    const left = report.wrappingKeys?.filter(({ after }) => after > 0);
    expect(left).toEqual([expect.objectContaining({ keyArn: keys.destination, after: 4 * MOST })]);
    const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName: 'Orders' }));
    for (const { id, edk, algorithm } of Items.filter(item => item['id']?.S !== 'foreign')) {
      const { Plaintext } = await aws.kms.send(
        new DecryptCommand({
          ...{ CiphertextBlob: edk!.B, KeyId: keys.destination, EncryptionContext: CONTEXT },
        }),
      );
      expect(Buffer.from(Plaintext!).toString()).toBe(`key of ${id!.S}`);
      expect(algorithm?.S ?? 'SYMMETRIC_DEFAULT').toBe('SYMMETRIC_DEFAULT');
    }
  });
});
