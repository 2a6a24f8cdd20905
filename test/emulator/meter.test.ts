import {
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EncryptCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaRuntime } from '../../emulator/functions/service.ts';
import { Meter } from '../../emulator/meter/meter.ts';
import { Callers } from '../../emulator/protocol/callers.ts';
import { Executions } from '../../emulator/stepfunctions/executions.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';
import { integrationsWith } from '../support/fake-integrations.ts';
import { simpleTable } from '../support/simple-table.ts';

let aws: Embedded;
let keyArn: string;
beforeAll(async () => {
  aws = await embedded();
  keyArn = await createKey(aws.kms);
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await simpleTable(aws.dynamodb, 'Table');
});
beforeEach(() => aws.aws.meter.reset());
afterAll(() => aws.stop());

const table = 'us-east-1/Table';
const put = (id: string, bytes: number) =>
  aws.dynamodb.send(
    new PutItemCommand({ TableName: 'Table', Item: { id: { S: id }, v: { S: 'x'.repeat(bytes) } } }),
  );
const units = () => aws.aws.meter.read().dynamodb[table];
const Key = (id: string) => ({ id: { S: id } });

const isActive = async (TableName: string): Promise<boolean> => {
  const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName }));
  return Table?.TableStatus === 'ACTIVE';
};
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds()));
};

describe('the meter of a table', () => {
  it('rounds a write up to 1 KB', async () => {
    await put('small', 10);
    expect(units()).toEqual({ readUnits: 0, writeUnits: 1 });
    await put('large', 1_024);
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  it('counts the larger of the item before and after an update', async () => {
    await put('shrinks', 3_000);
    aws.aws.meter.reset();
    await aws.dynamodb.send(
      new UpdateItemCommand({ TableName: 'Table', Key: Key('shrinks'), UpdateExpression: 'REMOVE v' }),
    );
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  it('counts a write whose condition fails by the item that is there, and at least one unit', async () => {
    await put('kept', 1_500);
    aws.aws.meter.reset();
    const failing = (id: string) =>
      aws.dynamodb.send(
        new UpdateItemCommand({
          TableName: 'Table',
          Key: Key(id),
          UpdateExpression: 'REMOVE v',
          ConditionExpression: 'attribute_exists(nothing)',
        }),
      );
    expect(await errorName(failing('kept'))).toBe('ConditionalCheckFailedException');
    expect(units()).toEqual({ readUnits: 0, writeUnits: 2 });
    expect(await errorName(failing('absent'))).toBe('ConditionalCheckFailedException');
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  it('rounds a read up to 4 KB, and counts half where it need not be consistent', async () => {
    await put('read', 5_000);
    aws.aws.meter.reset();
    const get = (ConsistentRead: boolean) =>
      aws.dynamodb.send(new GetItemCommand({ TableName: 'Table', Key: Key('read'), ConsistentRead }));
    await get(false);
    expect(units()).toEqual({ readUnits: 1, writeUnits: 0 });
    await get(true);
    expect(units()).toEqual({ readUnits: 3, writeUnits: 0 });
  });

  it('rounds a scan as a whole, whatever its projection, and counts half where it need not be consistent', async () => {
    await simpleTable(aws.dynamodb, 'Scanned');
    await until(() => isActive('Scanned'));
    // Three items of 2 + 1 + 1 + 3,000 bytes: 9,012 bytes are three units of 4,096.
    for (const id of ['a', 'b', 'c'])
      await aws.dynamodb.send(
        new PutItemCommand({ TableName: 'Scanned', Item: { id: { S: id }, v: { S: 'x'.repeat(3_000) } } }),
      );
    aws.aws.meter.reset();
    const scan = (ConsistentRead: boolean) =>
      aws.dynamodb.send(
        new ScanCommand({ TableName: 'Scanned', ProjectionExpression: 'id', ConsistentRead }),
      );
    expect((await scan(false)).ConsumedCapacity).toBeUndefined();
    expect(aws.aws.meter.read().dynamodb['us-east-1/Scanned']?.readUnits).toBe(1.5);
    await scan(true);
    expect(aws.aws.meter.read().dynamodb['us-east-1/Scanned']?.readUnits).toBe(4.5);
  });

  it('counts double in a transaction', async () => {
    await put('guarded', 1_500);
    aws.aws.meter.reset();
    await aws.dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Update: { TableName: 'Table', Key: Key('guarded'), UpdateExpression: 'REMOVE v' } },
          {
            ConditionCheck: {
              TableName: 'Table',
              Key: Key('none'),
              ConditionExpression: 'attribute_not_exists(id)',
            },
          },
        ],
      }),
    );
    expect(units()).toEqual({ readUnits: 0, writeUnits: 2 * 2 + 2 });
    await aws.dynamodb.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: 'Table', Key: Key('guarded') } }] }),
    );
    expect(units()).toEqual({ readUnits: 2, writeUnits: 6 });
  });
});

describe('the meter of a canceled transaction', () => {
  it('counts each of its items once: it was prepared, and not committed', async () => {
    await put('kept', 1_500);
    aws.aws.meter.reset();
    const update = { TableName: 'Table', Key: Key('kept'), UpdateExpression: 'REMOVE v' };
    const canceled = new TransactWriteItemsCommand({
      TransactItems: [{ Update: { ...update, ConditionExpression: 'attribute_not_exists(id)' } }],
    });
    expect(await errorName(aws.dynamodb.send(canceled))).toBe('TransactionCanceledException');
    expect(units()).toEqual({ readUnits: 0, writeUnits: 2 });
  });
});

describe('the meter of requests', () => {
  it('counts each by service and operation, with its bytes in both directions, and those that failed', async () => {
    await put('a', 100);
    await errorName(put('', 5_000));
    const { requests } = aws.aws.meter.read();
    const [counted] = requests.filter(({ operation }) => operation === 'PutItem');
    expect(counted).toMatchObject({ service: 'dynamodb', region: 'us-east-1', requests: 2, failed: 1 });
    expect(counted?.bytesIn).toBeGreaterThan(5_100);
    expect(counted?.bytesOut).toBeGreaterThan(100);
    expect(counted?.bytesOut).toBeLessThan(5_000);
  });

  it('counts those of KMS by the key that they name, a ReEncrypt once, by its destination', async () => {
    const other = await createKey(aws.kms);
    aws.aws.meter.reset();
    const { CiphertextBlob } = await aws.kms.send(
      new EncryptCommand({ KeyId: keyArn, Plaintext: Buffer.from('x') }),
    );
    await aws.kms.send(
      new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: other, SourceKeyId: keyArn }),
    );
    expect(aws.aws.meter.read().kms).toEqual({ [`us-east-1/${keyArn}`]: 1, [`us-east-1/${other}`]: 1 });
  });

  it('does not count what a fault keeps from its service, but what a fault only hides', async () => {
    aws.aws.faults.inject({ service: 'kms', operation: 'Encrypt', kind: 'lost-response', count: 1 });
    aws.aws.faults.inject({ service: 'kms', operation: 'Encrypt', error: 'ThrottlingException', count: 1 });
    const encrypt = () =>
      errorName(aws.kms.send(new EncryptCommand({ KeyId: keyArn, Plaintext: Buffer.from('x') })));
    expect(await encrypt()).not.toBe('none');
    expect(await encrypt()).toBe('ThrottlingException');
    expect(aws.aws.meter.read().kms).toEqual({ [`us-east-1/${keyArn}`]: 1 });
  });
});

describe('the meter of a bucket', () => {
  it('sorts requests into the classes that S3 bills, and tells what lies there', async () => {
    const object = { Bucket: 'bucket', Key: 'one' };
    await aws.s3.send(new PutObjectCommand({ ...object, Body: 'twelve bytes' }));
    await aws.s3.send(
      new CopyObjectCommand({
        ...object,
        CopySource: 'bucket/one',
        Metadata: { a: 'b' },
        MetadataDirective: 'REPLACE',
      }),
    );
    await aws.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    await aws.s3.send(new HeadObjectCommand(object));
    const { s3 } = aws.aws.meter.read();
    expect(s3['us-east-1/bucket']).toEqual({ writes: 3, reads: 1, free: 0, objects: 1, storedBytes: 12 });
    await aws.s3.send(new DeleteObjectCommand(object));
    expect(aws.aws.meter.read().s3['us-east-1/bucket']).toMatchObject({ free: 1, objects: 0 });
  });
});

describe('the meter of functions', () => {
  it('counts invocations, their time, CPU and memory, their lines, and distinct metrics', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metered-'));
    writeFileSync(join(folder, 'index.mjs'), CODE);
    const meter = new Meter();
    const runtime = new LambdaRuntime({ callers: new Callers(), meter });
    const definition = {
      arn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      ...{ name: 'f', region: 'us-east-1', roleArn: 'arn:aws:iam::111122223333:role/r', folder },
      ...{ handler: 'index.handler', timeoutSeconds: 30, memoryMb: 512, environment: {}, logGroup: 'logs' },
    };
    await runtime.invoke(definition, { spin: 50 });
    await runtime.invoke(definition, { spin: 0 });
    // Two lines of its own and three of Lambda for each invocation. They arrive by a pipe of their own, after the result.
    const lines = 2 * (2 + 3);
    const counted = (): number => meter.read().logs['us-east-1/logs']?.events ?? 0;
    while (counted() < lines) await new Promise(resolve => setImmediate(resolve));
    runtime.stop();
    const { lambda, logs, customMetrics } = meter.read();
    const use = lambda['us-east-1/f']!;
    expect(use).toMatchObject({ invocations: 2, memoryMb: 512 });
    expect(use.cpuMilliseconds).toBeGreaterThanOrEqual(50);
    expect(use.billedMilliseconds).toBeGreaterThanOrEqual(50);
    expect(use.gigabyteSeconds).toBeCloseTo(use.billedMilliseconds / 2_000, 9);
    expect(use.peakResidentBytes).toBeGreaterThan(10 * 1024 ** 2);
    expect(logs['us-east-1/logs']?.events).toBe(lines);
    expect(customMetrics).toBe(2);
  });
});

describe('the meter of executions', () => {
  it('counts each state that is entered, and each retry', async () => {
    let [transitions, calls] = [0, 0];
    const integrations = integrationsWith({
      invokeFunction: () =>
        calls++ === 0 ? Promise.reject(new StatesError('Once', 'once')) : Promise.resolve({}),
      transition: () => transitions++,
    });
    const machine = new StateMachines().create({
      arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m',
      roleArn: 'arn:aws:iam::111122223333:role/r',
      definition: JSON.stringify(TWO_STATES),
    });
    const execution = new Executions({ integrations, waitScale: 0 }).start(machine, {});
    while (execution.status === 'RUNNING') await new Promise(setImmediate);
    expect(execution.status).toBe('SUCCEEDED');
    expect(transitions).toBe(3);
  });
});

const CODE = `
const metric = (Unit) => console.log(JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [
  { Namespace: 'N', Dimensions: [['job']], Metrics: [{ Name: 'A' }, { Name: 'B' }] }] }, job: 'j', A: 1, B: 2 }));
export async function handler({ spin }) {
  const begin = process.cpuUsage();
  while (process.cpuUsage(begin).user < spin * 1000);
  console.log('a line');
  metric();
}`;

const TWO_STATES = {
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Next: 'B' },
    B: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f' },
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
      End: true,
    },
  },
};
