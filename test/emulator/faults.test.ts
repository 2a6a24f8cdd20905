import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await simpleTable(aws.dynamodb, 'Table');
});
afterEach(() => aws.aws.faults.clear());
afterAll(() => aws.stop());

const put = (id: string) =>
  aws.dynamodb.send(new PutItemCommand({ TableName: 'Table', Item: { id: { S: id } } }));
const isThere = async (id: string): Promise<boolean> => {
  const { Item } = await aws.dynamodb.send(
    new GetItemCommand({ TableName: 'Table', Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item !== undefined;
};

describe('a fault', () => {
  it('of the kind error is the service’s own answer, and the call has no effect', async () => {
    const fault = { service: 'dynamodb', operation: 'PutItem', error: 'ThrottlingException', count: 1 };
    aws.aws.faults.inject(fault);
    expect(await errorName(put('a'))).toBe('ThrottlingException');
    expect(await isThere('a')).toBe(false);
    expect(await errorName(put('a'))).toBe('none');
  });

  it('of the kind lost-response breaks the connection after the call took effect', async () => {
    aws.aws.faults.inject({ service: 'dynamodb', operation: 'PutItem', kind: 'lost-response', count: 1 });
    expect(await errorName(put('b'))).not.toBe('none');
    expect(await isThere('b')).toBe(true);
  });

  it('of the kind lost-request breaks it before', async () => {
    aws.aws.faults.inject({ service: 'dynamodb', operation: 'PutItem', kind: 'lost-request', count: 1 });
    expect(await errorName(put('c'))).not.toBe('none');
    expect(await isThere('c')).toBe(false);
  });

  it('of the kind late lets a later call come first, and takes effect', async () => {
    const late = {
      service: 'dynamodb',
      operation: 'PutItem',
      kind: 'late',
      milliseconds: 50,
      count: 1,
    } as const;
    aws.aws.faults.inject(late);
    const ended: string[] = [];
    const first = put('late').then(() => ended.push('late'));
    await Promise.all([first, put('early').then(() => ended.push('early'))]);
    expect(ended).toEqual(['early', 'late']);
    expect(await isThere('late')).toBe(true);
  });

  it('concerns a single S3 object if it names its key, because a policy may deny one', async () => {
    for (const Key of ['a/é b', 'other'])
      await aws.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }));
    const denied = { error: 'AccessDenied', status: 403, count: 9, key: 'a/é b' };
    aws.aws.faults.inject({ service: 's3', ...denied });
    const get = (Key: string) => aws.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
    expect(await errorName(get('a/é b'))).toBe('AccessDenied');
    expect(await errorName(get('other'))).toBe('none');
    const head = new HeadObjectCommand({ Bucket: 'bucket', Key: 'a/é b' });
    await expect(aws.s3.send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('of the kind no-answer has no effect, and nobody answers', async () => {
    aws.aws.faults.inject({ service: 'kms', operation: 'CreateKey', kind: 'no-answer', count: 1 });
    const before = (await aws.kms.send(new ListKeysCommand({}))).Keys?.length;
    const aborted = aws.kms.send(new CreateKeyCommand({}), { abortSignal: AbortSignal.timeout(100) });
    expect(await errorName(aborted)).toBe('AbortError');
    expect((await aws.kms.send(new ListKeysCommand({}))).Keys?.length).toBe(before);
  });

  it('finds the operations of S3 by their names, and a HEAD has no body to name its error', async () => {
    await aws.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a/b', Body: 'x' }));
    const object = { Bucket: 'bucket', Key: 'a/b' };
    const slow = { service: 's3', error: 'SlowDown', status: 503, count: 1 };
    aws.aws.faults.inject({ ...slow, operation: 'HeadObject' });
    expect(await errorName(aws.s3.send(new GetObjectCommand(object)))).toBe('none');
    expect(
      await aws.s3
        .send(new HeadObjectCommand(object))
        .catch((error: unknown) => (error as { $metadata: object }).$metadata),
    ).toMatchObject({ httpStatusCode: 503 });
    aws.aws.faults.inject({ ...slow, operation: 'GetObject' });
    expect(await errorName(aws.s3.send(new GetObjectCommand(object)))).toBe('SlowDown');
  });

  it('may be decided for each call by code that runs this AWS in its own process', async () => {
    aws.aws.faults.injectBy(({ body }, operation) =>
      operation === 'PutItem' && body.includes('d2')
        ? { kind: 'error', error: 'InternalFailure' }
        : undefined,
    );
    expect([await errorName(put('d1')), await errorName(put('d2'))]).toEqual(['none', 'InternalFailure']);
  });
});
