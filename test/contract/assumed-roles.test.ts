import { PutItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { namingFailures } from '../../lambda/adapters/aws/failure.ts';
import { sessionName } from '../../lambda/adapters/aws/role-session.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { AwsRequest } from '../../emulator/protocol/request.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

const OWNER = '222222222222';
const ROLE = { roleArn: `arn:aws:iam::${OWNER}:role/rewrap-tables`, externalId: 'deployment-7' };
const HOUR_MS = 3_600_000;
const SESSION = { name: 'notes-1', access: 'write' } as const;
const format = { type: 'attribute', dataKey: 'edk' };
const STORE: Store = { type: 'dynamodb', table: 'Notes', format, assumeRole: ROLE };

describe('a role of another account', () => {
  let aws: Embedded;
  let now = Date.now();
  let assumed: AwsRequest[] = [];
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
    const there = new DynamoDBClient({
      ...{ endpoint: aws.endpoint, region: 'us-east-1' },
      credentials: { accessKeyId: OWNER, secretAccessKey: 'x' },
    });
    await simpleTable(there, 'Notes');
    for (const id of ['a', 'b', 'c'])
      await there.send(new PutItemCommand({ TableName: 'Notes', Item: { id: { S: id } } }));
    const buckets = new S3Client({
      ...{ endpoint: aws.endpoint, region: 'us-east-1', forcePathStyle: true },
      credentials: { accessKeyId: OWNER, secretAccessKey: 'x' },
    });
    await buckets.send(new CreateBucketCommand({ Bucket: 'theirs' }));
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'ours' }));
    const { identities } = aws.aws.iam;
    const Allow = { Effect: 'Allow' } as const;
    identities.create(ROLE.roleArn, {
      trust: {
        Version: '2012-10-17',
        Statement: {
          ...{ ...Allow, Action: 'sts:AssumeRole', Principal: { AWS: '111122223333' } },
          Condition: { StringEquals: { 'sts:ExternalId': 'deployment-7' } },
        },
      },
    });
    const Statement = { ...Allow, Action: ['dynamodb:*', 's3:*'], Resource: '*' };
    identities.putInline(ROLE.roleArn, 'All', { Version: '2012-10-17', Statement });
  });
  beforeEach(() => {
    assumed = [];
    aws.aws.faults.injectBy((request, operation) => {
      if (operation === 'AssumeRole' || request.service === 'sts') assumed.push(request);
      return undefined;
    });
  });
  afterAll(() => aws.stop());

  const own = () =>
    new AwsClients({ endpoint: aws.endpoint, region: 'us-east-1', identityPatienceMs: [0, 0] });
  const asked = () =>
    assumed.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  const records = async (clients: AwsClients) => {
    const store = await openStore(STORE, { clients, region: 'us-east-1', needs: [], session: SESSION });
    const range = { type: 'segment', segment: 0, totalSegments: 1 } as const;
    return async () => (await store.readPage(range, { pageSize: 100, consistent: true })).records.length;
  };

  it('is assumed once for all calls about a store, in a session that is named after the run', async () => {
    const read = await records(own());
    expect([await read(), await read()]).toEqual([3, 3]);
    expect(asked()).toEqual([
      expect.objectContaining({
        RoleArn: ROLE.roleArn,
        RoleSessionName: 'notes-1',
        ExternalId: 'deployment-7',
      }),
    ]);
    expect(asked()[0]).not.toHaveProperty('Policy');
  });

  it('is assumed again where its session has expired, in the middle of the work', async () => {
    const read = await records(own());
    now += 2 * HOUR_MS;
    expect(await read()).toBe(3);
    expect(asked()).toHaveLength(2);
  });

  it('may only read in a session that is for reading', async () => {
    const reading = own().assuming(ROLE, { name: 'notes-1', access: 'read' });
    const put = () => new PutItemCommand({ TableName: 'Notes', Item: { id: { S: 'd' } } });
    expect(await errorName(reading.dynamodb().send(put()))).toBe('AccessDeniedException');
    const writing = own().assuming(ROLE, SESSION);
    expect(await errorName(writing.dynamodb().send(put()))).toBe('none');
    const object = { Bucket: 'theirs', Key: 'k', Body: 'x' };
    await expect(reading.s3().send(new PutObjectCommand(object))).rejects.toThrow('no session policy allows');
    // Nor may it do what nobody there allows.
    expect(await errorName(reading.s3().send(new ListObjectsV2Command({ Bucket: 'ours' })))).toBe(
      'AccessDenied',
    );
  });

  it('tells of a table of its account, and not of one of the same name here', async () => {
    const catalogs = storeCatalogs(own(), 'notes-1');
    const place = { region: 'us-east-1', table: 'Notes' };
    expect((await catalogs.dynamodb.describeTable(place)).kind).toBe('not-found');
    expect((await catalogs.assuming(ROLE).dynamodb.describeTable(place)).kind).toBe('found');
    expect(await catalogs.mayAssume(ROLE)).toEqual({ kind: 'allowed' });
  });

  it.each([undefined, 'deployment-8'])('cannot be assumed with the external id %s', async externalId => {
    const role = { roleArn: ROLE.roleArn, ...(externalId !== undefined && { externalId }) };
    const answer = await storeCatalogs(own()).mayAssume(role);
    expect(answer).toMatchObject({ kind: 'denied' });
    expect((answer as { message: string }).message).toContain(
      `the owner of account ${OWNER} has to let the functions assume ${ROLE.roleArn}`,
    );
  });

  it('that cannot be assumed any more is a broken premise, as any denial about its store', async () => {
    const opened = openStore(
      { ...STORE, assumeRole: { ...ROLE, externalId: 'deployment-8' } },
      { clients: own(), region: 'us-east-1', needs: [] },
    );
    await expect(namingFailures(() => opened)).rejects.toMatchObject({
      name: 'PremiseBroken',
      message: expect.stringContaining(ROLE.roleArn) as string,
    });
  });

  it('that STS cannot answer about passes, and breaks nothing', async () => {
    aws.aws.faults.injectBy(({ service }) =>
      service === 'sts' ? { kind: 'error', error: 'ServiceUnavailable', status: 503 } : undefined,
    );
    const clients = new AwsClients({ endpoint: aws.endpoint, region: 'us-east-1' });
    const opened = openStore(STORE, { clients, region: 'us-east-1', needs: [] });
    await expect(namingFailures(() => opened)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});

describe('the name of a session', () => {
  it('is that of the run, as far as STS takes it', () => {
    expect(sessionName('orders-migrate-20261128T100422Z-033a')).toBe('orders-migrate-20261128T100422Z-033a');
    expect(sessionName('a b#c')).toBe('a-b-c');
    expect(sessionName('x')).toBe('x-');
    expect(sessionName('y'.repeat(80))).toHaveLength(64);
  });
});
