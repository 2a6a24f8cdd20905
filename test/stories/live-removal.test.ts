import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, paginateListKeys } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { makeFixtures } from '../live/questions/fixtures.ts';
import { makeKey, makeStack, type Making } from '../live/things/make.ts';
import { removeAll } from '../live/things/remove.ts';
import { named, stackNamed, TAG } from '../live/things/thing.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { liveWorld, RUN, type LiveWorld } from '../support/live.ts';

let aws: Embedded;
let world: LiveWorld;
beforeEach(async () => {
  aws = await embedded();
  world = liveWorld(aws.endpoint);
});
afterEach(async () => {
  world.destroy();
  await aws.stop();
});

/** All that costs something, or stands in somebody's way. */
async function left(): Promise<readonly string[]> {
  const things: string[] = [];
  for (const region of [RUN.region, RUN.secondRegion]) {
    const config = { endpoint: aws.endpoint, region };
    const kms = new KMSClient(config);
    for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
      for (const { KeyArn: KeyId } of Keys) {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
        if (!KeyMetadata!.KeyState!.startsWith('Pending')) things.push(`key ${KeyMetadata!.Description}`);
      }
    const stacks = new CloudFormationClient(config);
    const { StackSummaries = [] } = await stacks.send(new ListStacksCommand({}));
    things.push(
      ...StackSummaries.filter(one => one.StackStatus !== 'DELETE_COMPLETE').map(one => one.StackName!),
    );
    kms.destroy();
    stacks.destroy();
  }
  const { TableNames = [] } = await aws.dynamodb.send(new ListTablesCommand({}));
  const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
  return [...things, ...TableNames, ...Buckets.map(({ Name }) => Name!)];
}

const DENIED = { kind: 'error', error: 'AccessDenied', status: 403 } as const;

class Killed extends Error {}

/** A ledger that, once it has so many lines, ends everything: the line is there, and what it is about is not. */
function killing(after: number): Making {
  let lines = 0;
  return {
    ledger: {
      run: RUN,
      makes: thing => {
        world.ledger.makes(thing);
        if (++lines === after) throw new Killed();
      },
    },
  };
}

async function makeUntil(after: number): Promise<'killed' | 'made'> {
  const { here, there, as } = world;
  return makeFixtures({ here, there, as, making: killing(after) }).then(
    () => 'made',
    (error: unknown) => {
      if (error instanceof Killed) return 'killed';
      throw error;
    },
  );
}

describe('what a live test has made', () => {
  // Five keys, one of them a replica; a table, a bucket, a stack.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is removed if it was killed before it made its %s. thing',
    async after => {
      expect(await makeUntil(after)).toBe('killed');
      await removeAll(world.removing);
      expect(await left()).toEqual([]);
    },
  );

  it('is removed if it came to its end, and a second removal finds nothing to do', async () => {
    expect(await makeUntil(Infinity)).toBe('made');
    expect((await left()).length).toBe(8);
    const kinds = (await removeAll(world.removing)).map(({ removal }) => removal.kind);
    expect(kinds.filter(kind => kind === 'removed')).toHaveLength(3);
    expect(kinds.filter(kind => kind === 'pending')).toHaveLength(5);
    expect(await left()).toEqual([]);
    expect(await removeAll(world.removing)).toEqual([]);
  });

  it('is looked for again, if AWS did not show it yet', async () => {
    await makeUntil(1);
    const kinds = async (): Promise<readonly string[]> =>
      (await removeAll(world.removing)).map(({ removal }) => removal.kind);
    expect(await kinds()).toEqual(['not-there']);
    await makeKey(world.here, { ledger: { run: RUN, makes: () => undefined } }, { what: 'first' });
    expect(await kinds()).toEqual(['pending']);
    expect(await left()).toEqual([]);
  });

  it('includes both keys, if the first answer was lost and the SDK has asked again', async () => {
    aws.aws.faults.inject({ service: 'kms', operation: 'CreateKey', kind: 'lost-response', count: 1 });
    await makeKey(world.here, { ledger: world.ledger }, { what: 'twice' });
    expect(await left()).toHaveLength(2);
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });

  it('includes a stack that was only about to be made', async () => {
    aws.aws.faults.injectBy(({ body }) =>
      String(body).includes('Action=ExecuteChangeSet') ? DENIED : undefined,
    );
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
    const name = stackNamed(RUN.id, 'Asker');
    await expect(makeStack(world.here, { ledger: world.ledger }, { name, template })).rejects.toThrow();
    expect(await left()).toEqual([name]);
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });

  it('includes the versions in its buckets, and what its stacks keep', async () => {
    const name = stackNamed(RUN.id, '');
    const template = { Resources: { Kept: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } } };
    await makeStack(world.here, { ledger: world.ledger }, { name, template });
    const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    const Bucket = Buckets[0]!.Name!;
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    for (const Body of ['one', 'two']) await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });

  it('is removed if the removal was killed after it had written down what a stack keeps', async () => {
    const name = stackNamed(RUN.id, '');
    const template = { Resources: { Kept: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } } };
    await makeStack(world.here, { ledger: world.ledger }, { name, template });
    const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    world.ledger.makes({ kind: 'bucket', region: RUN.region, name: Buckets[0]!.Name! });
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });

  it('includes no stack that a later one may need, as long as that one is there', async () => {
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
    const [earlier, later] = [stackNamed(RUN.id, 'Toolkit'), stackNamed(RUN.id, '')];
    for (const name of [earlier, later])
      await makeStack(world.here, { ledger: world.ledger }, { name, template });
    let deletions = 0;
    const firstDeletion = (body: unknown): boolean =>
      String(body).includes('Action=DeleteStack') && ++deletions === 1;
    aws.aws.faults.injectBy(({ body }) => (firstDeletion(body) ? DENIED : undefined));
    const kinds = (await removeAll(world.removing)).map(({ removal }) => removal.kind);
    expect(kinds).toEqual(['failed', 'failed']);
    expect((await left()).toSorted()).toEqual([later, earlier].toSorted());
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });

  it('stays and is named where AWS does not remove it, with the command that tries again', async () => {
    expect(await makeUntil(Infinity)).toBe('made');
    aws.aws.faults.injectBy(({ service, method }) =>
      service === 's3' && method === 'DELETE' ? DENIED : undefined,
    );
    const failed = (await removeAll(world.removing)).filter(({ removal }) => removal.kind === 'failed');
    expect(failed).toEqual([
      {
        thing: expect.objectContaining({ kind: 'bucket' }) as unknown,
        removal: expect.objectContaining({ command: `npm run test:live -- --clean ${RUN.id}` }) as unknown,
      },
    ]);
    aws.aws.faults.clear();
    await removeAll(world.removing);
    expect(await left()).toEqual([]);
  });
});

describe('what others have made', () => {
  it('is left alone, whatever a ledger says', async () => {
    const others = { table: 'Orders', bucket: 'order-documents', stack: 'KmsRewrap' };
    await aws.dynamodb.send(
      new CreateTableCommand({
        ...{ TableName: others.table, BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    await aws.s3.send(new CreateBucketCommand({ Bucket: others.bucket }));
    for (const [kind, name] of Object.entries(others))
      world.ledger.makes({ kind: kind as keyof typeof others, region: RUN.region, name });
    const kinds = (await removeAll(world.removing)).map(({ removal }) => removal.kind);
    expect(kinds).toEqual(['not-ours', 'not-ours', 'not-ours']);
    expect(await left()).toEqual([others.table, others.bucket]);
  });

  it.each([
    ['has no tags', []],
    [
      'has the tags of another run',
      [
        [TAG, '9876543210'],
        ['Name', named(RUN.id, 'first')],
      ],
    ],
    [
      'is another key of the run',
      [
        [TAG, RUN.id],
        ['Name', named(RUN.id, 'second')],
      ],
    ],
    ['has the name alone', [['Name', named(RUN.id, 'first')]]],
  ] as const)('is left alone if it is a key that %s', async (_, tags) => {
    const Description = named(RUN.id, 'first');
    const Tags = tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    await aws.kms.send(new CreateKeyCommand({ Description, Tags }));
    world.ledger.makes({ kind: 'key', region: RUN.region, name: named(RUN.id, 'first') });
    expect((await removeAll(world.removing)).map(({ removal }) => removal.kind)).toEqual(['not-there']);
    expect(await left()).toEqual([`key ${Description}`]);
  });

  it('is left alone and named if a stack keeps it under a name that is none of the run', async () => {
    const name = stackNamed(RUN.id, '');
    const Kept = {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      Properties: { BucketName: 'order-documents' },
    };
    await makeStack(world.here, { ledger: world.ledger }, { name, template: { Resources: { Kept } } });
    const removed = (await removeAll(world.removing)).map(
      ({ thing, removal }) => `${thing.kind} ${removal.kind}`,
    );
    expect(removed).toEqual(['stack removed', 'bucket not-ours']);
    expect(await left()).toEqual(['order-documents']);
  });

  it('is left alone if it is a stack of that name without the tag', async () => {
    const name = stackNamed(RUN.id, 'Asker');
    const making = { ledger: { run: { ...RUN, id: '9876543210' }, makes: () => undefined } };
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
    await makeStack(world.here, making, { name, template });
    world.ledger.makes({ kind: 'stack', region: RUN.region, name });
    expect((await removeAll(world.removing)).map(({ removal }) => removal.kind)).toEqual(['not-ours']);
    expect(await left()).toEqual([name]);
  });
});
