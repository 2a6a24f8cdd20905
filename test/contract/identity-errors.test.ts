import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { namingFailures, tellingFailures, wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { PlaintextKeyService } from '../../lambda/adapters/kms/plaintext-key-service.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { item } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { FakeLedger } from '../support/fake-ports.ts';
import { simpleTable } from '../support/simple-table.ts';

/** Errors about the caller's signature, token or clock, and about nothing that a run works on. */

/** The names that KMS and DynamoDB use (Common Errors of the API references). */
const OF_APIS = [
  ['InvalidSignatureException', 'Signature not yet current: 20261126T180000Z is still later than …'],
  ['InvalidSignatureException', 'The request signature we calculated does not match …'],
  ['ExpiredTokenException', 'The security token included in the request is expired'],
  ['RequestExpired', 'Request has expired.'],
  ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  ['IncompleteSignature', 'The request signature does not conform to AWS standards.'],
  ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
  ['MissingAuthenticationToken', 'Missing Authentication Token'],
] as const;

/** The names that S3 uses (Error responses). */
const OF_S3: readonly (readonly [error: string, status: number])[] = [
  ['ExpiredToken', 400],
  ['InvalidToken', 400],
  ['TokenRefreshRequired', 400],
  ['RequestTimeTooSkewed', 403],
  ['SignatureDoesNotMatch', 403],
  ['InvalidAccessKeyId', 403],
];

const CONTEXT = { tenant: 'acme' };
const FOR_GOOD = 1_000;
let aws: Embedded;
let config: ClientConfig;
beforeAll(async () => {
  aws = await embedded();
  config = { endpoint: aws.endpoint, identityPatienceMs: [0, 0] };
});
afterAll(() => aws.stop());
afterEach(() => aws.aws.faults.clear());

const create = async (): Promise<string> => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
const channel = (): KmsChannel => {
  const made = new KmsChannel({ ...config, patienceMs: [] });
  made.setRate(10_000);
  return made;
};

async function request() {
  const [source, destination] = [await create(), await create()];
  const { CiphertextBlob } = await aws.kms.send(
    new EncryptCommand({ KeyId: source, Plaintext: Buffer.from('data key'), EncryptionContext: CONTEXT }),
  );
  const side = (keyArn: string) =>
    ({ keyArn, context: CONTEXT, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }) as const;
  return { ciphertext: CiphertextBlob!, source: side(source), destination: side(destination) };
}

describe.each(OF_APIS)('%s (%s) of KMS', (error, message) => {
  const inject = (count: number): void =>
    aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error, message, status: 403, count });

  it('costs one more try where it passes', async () => {
    inject(1);
    expect(await new KmsKeyService(channel()).reEncrypt(await request())).toMatchObject({
      kind: 're-encrypted',
    });
  });

  it('ends the invocation where it stays, so that Step Functions tries again, and says what to do', async () => {
    const asked = await request();
    inject(FOR_GOOD);
    await expect(new KmsKeyService(channel()).reEncrypt(asked)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining(
        `kms:ReEncrypt from ${asked.source.keyArn} to ${asked.destination.keyArn}: ${error}: ${message}; `,
      ),
    });
  });
});

describe('an expired token', () => {
  const expired = (service: string, operation: string, count = FOR_GOOD): void =>
    aws.aws.faults.inject({ service, operation, error: 'ExpiredTokenException', status: 403, count });

  it('tells Plan nothing about keys, permissions or tables', async () => {
    const { source, destination } = await request();
    const catalog = new KmsKeyCatalog(channel());
    const stores = storeCatalogs(new AwsClients(config));
    expired('kms', 'ReEncrypt');
    expired('kms', 'DescribeKey');
    expired('dynamodb', 'DescribeTable');
    const asked: readonly (() => Promise<unknown>)[] = [
      () => catalog.mayReEncrypt(source, destination),
      () => catalog.describeKey(source.keyArn),
      () => stores.dynamodb.describeTable({ region: 'us-east-1', table: 'Orders' }),
    ];
    for (const ask of asked)
      await expect(namingFailures(ask)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('stops nobody else: the ledger records trouble, and no broken premise', async () => {
    const asked = await request();
    const ledger = new FakeLedger();
    expired('kms', 'ReEncrypt');
    const work = tellingFailures('run-1', ledger, () => new KmsKeyService(channel()).reEncrypt(asked));
    await expect(work).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(ledger.control.brokenPremise).toBeUndefined();
    expect(ledger.control.trouble).toContain('ExpiredTokenException');
  });

  it('on the plaintext route is not about the data key either', async () => {
    const asked = await request();
    const europe = {
      ...asked.destination,
      keyArn: asked.destination.keyArn.replace('us-east-1', 'eu-west-1'),
    };
    expired('kms', 'Decrypt');
    const work = new PlaintextKeyService(channel()).reEncrypt({ ...asked, destination: europe });
    await expect(work).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('is reported to the caller of a command, with what to check', async () => {
    expired('dynamodb', 'GetItem');
    const client = new AwsClients(config).dynamodb('us-east-1');
    const error: unknown = await client
      .send(new GetItemCommand({ TableName: 'Orders', Key: { id: { S: 'x' } } }))
      .catch((thrown: unknown) => thrown);
    expect(wordsForCaller(error)).toMatch(/^your AWS credentials have expired: renew them/);
  });
});

describe('fresh credentials', () => {
  it('are asked for before the next try, and sign it', async () => {
    const asked = await request();
    const given: string[] = [];
    const credentials = () => {
      given.push(`AKIA${given.length}`);
      return Promise.resolve({ accessKeyId: given.at(-1)!, secretAccessKey: 'secret' });
    };
    const made = new KmsChannel({ ...config, patienceMs: [], credentials });
    made.setRate(10_000);
    aws.aws.faults.inject({
      service: 'kms',
      operation: 'ReEncrypt',
      error: 'ExpiredTokenException',
      count: 2,
    });
    expect(await new KmsKeyService(made).reEncrypt(asked)).toMatchObject({ kind: 're-encrypted' });
    expect(given).toHaveLength(3);
  });
});

describe('of a table,', () => {
  let records: RecordStore;
  beforeAll(async () => {
    await simpleTable(aws.dynamodb, 'Orders');
    const store = { type: 'dynamodb', table: 'Orders', format: { type: 'attribute' } } as const;
    records = await openStore(store, { clients: new AwsClients(config), region: 'us-east-1', needs: [] });
  });
  const change = [{ path: ['edk'], before: undefined, after: { S: 'x' } }];
  const page = { pageSize: 10, consistent: true };
  const segment = { type: 'segment', segment: 0, totalSegments: 1 } as const;

  it.each([
    ['Scan', () => records.readPage(segment, page)],
    ['BatchGetItem', () => records.find(['{"id":{"S":"0"}}'])],
    ['GetItem', () => records.reread(item('0', {}))],
    ['UpdateItem', () => records.write(item('0', {}), change)],
  ])('an InvalidSignatureException of %s is ridden out, and is nobody’s outcome', async (operation, call) => {
    const fault = { service: 'dynamodb', operation, error: 'InvalidSignatureException', status: 400 };
    aws.aws.faults.inject({ ...fault, count: 2 });
    await call();
    aws.aws.faults.inject({ ...fault, count: FOR_GOOD });
    await expect(call()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});

describe('of a bucket,', () => {
  let records: RecordStore;
  beforeAll(async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'documents' }));
    for (const Key of ['a', 'b'])
      await aws.s3.send(
        new PutObjectCommand({ Bucket: 'documents', Key, Body: 'x', Metadata: { edk: 'x' } }),
      );
    const store = {
      type: 's3',
      bucket: 'documents',
      prefix: '',
      format: { type: 'object-metadata' },
    } as const;
    records = await openStore(store, { clients: new AwsClients(config), region: 'us-east-1', needs: [] });
  });
  const inject = (operation: string, [error, status]: (typeof OF_S3)[number], count: number): void =>
    aws.aws.faults.inject({ service: 's3', operation, error, status, count });
  const heads = () => records.find(['a', 'b']);

  it.each(OF_S3)('%s of a listing is ridden out, and breaks no premise', async (...fault) => {
    const list = () => records.readPage({ type: 'key-range' }, { pageSize: 10, consistent: true });
    inject('ListObjectsV2', fault, 2);
    expect((await list()).records).toHaveLength(2);
    inject('ListObjectsV2', fault, FOR_GOOD);
    await expect(list()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it.each(OF_S3)('%s of a HEAD, which names no error, hides no object', async (...fault) => {
    inject('HeadObject', fault, 2);
    expect((await heads()).map(head => head?.hidden)).toEqual([undefined, undefined]);
  });

  it.each(OF_S3)('%s of every call breaks no premise, and hides no object', async (...fault) => {
    inject('HeadObject', fault, FOR_GOOD);
    inject('ListObjectsV2', fault, FOR_GOOD);
    await expect(heads()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('the client itself tries again, whatever the call', async () => {
    inject('GetObjectTagging', ['ExpiredToken', 400], 1);
    const client = new AwsClients(config).s3('us-east-1');
    const tags = client.send(new GetObjectTaggingCommand({ Bucket: 'documents', Key: 'a' }));
    await expect(tags).resolves.toMatchObject({ TagSet: [] });
  });
});
