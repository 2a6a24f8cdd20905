import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { GrantWatch } from '../support/granted.ts';
import { Account, jobsOf, THERE } from './account.ts';

interface Run {
  readonly mode: string;
  readonly region: string;
  /** What a rollback undoes. */
  readonly of?: string;
  readonly name?: string;
}

/** What no call of the scenario needs, and why it stays. */
const KEPT: readonly (readonly [RegExp, string])[] = [
  [/s3:ListBucket on s3::kmsrewrap-runbucket/, 'A missing plan or report is 404, and not 403.'],
  [/(Plan|RollbackUnit): s3:ListBucket on s3::[a-z]+-documents/, 'A deleted object is 404, and not 403.'],
  [
    /(MigrateUnit|VerifyUnit): s3:ListBucket on s3::version-documents/,
    'All versions have a listing of their own; a deleted object is 404, and not 403.',
  ],
  [
    /(MigrateUnit|RollbackUnit|MigrateUnitPlaintext): dynamodb:GetItem/,
    'A lost race: the item is read again.',
  ],
  [/MigrateUnit: dynamodb:UpdateItem on .*table\/Made/, 'An item that somebody else has made there.'],
  [/Plan: states:DescribeExecution/, 'Another run holds a store: test/e2e/long-units.test.ts.'],
  [/StateMachine: states:RedriveExecution/, 'An operator redrives: test/e2e/long-units.test.ts.'],
  [
    /(Plan|VerifyUnit): kms:Decrypt/,
    'Their HEAD of an object under the key of a bucket: AWS does not say that it needs none.',
  ],
  [/Plan: kms:ListKeyRotations on .*mrk-/, 'A bridge key is described like the other keys.'],
  [
    /StateMachine: s3:(AbortMultipartUpload|ListMultipartUploadParts)/,
    'Results of a map over 5 MB are uploaded in parts.',
  ],
  [
    /(MigrateUnit|MigrateUnitPlaintext|RollbackUnit): s3:(AbortMultipartUpload|ListObjectAnnotations)/,
    'Objects over 5 GB, which are copied in parts: test/faults/directed/stories.ts.',
  ],
  [/StateMachine: xray:/, 'Traces, which nothing collects here.'],
];

describe('what the roles of a deployment are granted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-granted-'));
  let aws: Embedded;
  let account: Account;
  let watch: GrantWatch;
  const ended: Record<string, string> = {};

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0, lambdaConcurrency: 8 });
    account = new Account(aws);
    await account.fill();
    mkdirSync(join(folder, 'jobs'));
    for (const job of jobsOf(account) as readonly { readonly name: string }[])
      writeFileSync(join(folder, 'jobs', `${job.name}.json`), JSON.stringify(job));
    await synthesize({
      jobs: join(folder, 'jobs'),
      outdir: join(folder, 'cdk.out'),
      settings: { allowPlaintextRoute: true },
    });
    watch = new GrantWatch(aws.aws);
    await aws.aws.deploy(join(folder, 'cdk.out'));
    for (const [job, region] of RUNS) {
      for (const mode of ['census', 'migrate', 'verify']) await run(job, { mode, region });
      await run(job, { mode: 'census', region, name: `${job}-census-after` });
      await run(job, { mode: 'rollback', region, of: `${job}-migrate` });
    }
    for (const schedule of aws.aws.schedules.all()) {
      aws.aws.schedules.fire(schedule);
      aws.aws.schedules.fire({ ...schedule, targetArn: `${schedule.targetArn}-gone` });
    }
  }, 600_000);
  afterAll(async () => {
    account.destroy();
    await aws.stop();
  });

  const RUNS = [
    ['in-place', 'us-east-1'],
    ['bodies', 'us-east-1'],
    ['by-alias', 'us-east-1'],
    ['copied', THERE],
    ['multi-region', THERE],
    ['plaintext', THERE],
  ] as const;

  async function run(job: string, { mode, region, of, name = `${job}-${mode}` }: Run): Promise<void> {
    const config = { endpoint: aws.endpoint, region };
    const { stateMachineArn } = await findDeployment('KmsRewrap', config);
    const states = new SFNClient(config);
    const input = JSON.stringify({ job, mode, ...(of !== undefined && { run: of }) });
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    for (;;) {
      const { status, error, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') {
        ended[name] = status === 'SUCCEEDED' ? status : `${status} ${error}: ${cause}`;
        break;
      }
      await sleep(50);
    }
    states.destroy();
  }

  it('is enough for every run', () => {
    expect(Object.entries(ended).filter(([, end]) => end !== 'SUCCEEDED')).toEqual([]);
    // The schedule whose state machine is gone was to fail.
    expect([...watch.missed].filter(call => !call.endsWith('-gone'))).toEqual([]);
  });

  it('moves bodies and JSON texts, and reads every version', async () => {
    const { runBucket } = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    const report = { Bucket: runBucket, Key: 'runs/bodies-migrate/report.json' };
    const { Body } = await aws.s3.send(new GetObjectCommand(report));
    const { stores } = JSON.parse(await Body!.transformToString()) as {
      readonly stores: readonly { readonly store: string; readonly outcomes: object }[];
    };
    expect(stores.map(({ store, outcomes }) => [store, outcomes])).toEqual([
      ['dynamodb:Documents', { rewrapped: 3 }],
      ['s3:body-documents/a/b', { rewrapped: 3 }],
      ['s3:version-documents/a/b', { rewrapped: 3, blocked: 3 }],
    ]);
  });

  it('is needed, or kept for a reason', () => {
    const roles = aws.aws.iam.identities.arns().filter(arn => arn.includes(':role/'));
    const unneeded = watch.unneeded(roles);
    expect(unneeded.filter(one => !KEPT.some(([pattern]) => pattern.test(one)))).toEqual([]);
    expect(KEPT.filter(([pattern]) => !unneeded.some(one => pattern.test(one)))).toEqual([]);
  });

  describe("gives no role anything of a neighbour's", () => {
    const clients = (role: string) => {
      const config = { endpoint: aws.endpoint, region: 'us-east-1', credentials: aws.aws.assume(role) };
      return { kms: new KMSClient(config), dynamodb: new DynamoDBClient(config), s3: new S3Client(config) };
    };
    const refusedTo = async (calls: (of: ReturnType<typeof clients>) => readonly Promise<unknown>[]) => {
      const roles = aws.aws.iam.identities.arns().filter(arn => arn.includes(':role/'));
      const names = new Set<string>();
      for (const role of roles) {
        const of = clients(role);
        for (const name of await Promise.all(calls(of).map(errorName))) names.add(name);
        for (const client of Object.values(of)) client.destroy();
      }
      return [...names];
    };

    it('reads no item and writes none', async () => {
      const TableName = 'Neighbour';
      const Key = { id: { S: 'i-0' } };
      const names = await refusedTo(({ dynamodb }) => [
        dynamodb.send(new ScanCommand({ TableName })),
        dynamodb.send(new GetItemCommand({ TableName, Key })),
        dynamodb.send(new UpdateItemCommand({ TableName, Key })),
        dynamodb.send(new DeleteItemCommand({ TableName, Key })),
      ]);
      expect(names).toEqual(['AccessDeniedException']);
    });

    it('lists, reads and writes no object', async () => {
      const Bucket = 'neighbour-documents';
      const names = await refusedTo(({ s3 }) => [
        s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/b' })),
        s3.send(new GetObjectCommand({ Bucket, Key: 'a/b/0' })),
        s3.send(new PutObjectCommand({ Bucket, Key: 'a/b/0', Body: 'x' })),
        s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b/0' })),
      ]);
      expect(names).toEqual(['AccessDenied']);
    });

    it('uses no key of it, and decrypts by no key that is not on the plaintext route', async () => {
      const { neighbour, source, destination, tableEncryption } = account.keys;
      const keyOf = async (KeyId: string) =>
        (await aws.kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })))
          .CiphertextBlob!;
      const theirs = await keyOf(neighbour);
      const ours = await Promise.all([source, destination, tableEncryption].map(keyOf));
      const names = await refusedTo(({ kms }) => [
        kms.send(new DescribeKeyCommand({ KeyId: neighbour })),
        kms.send(new ReEncryptCommand({ CiphertextBlob: theirs, DestinationKeyId: destination })),
        ...[theirs, ...ours].map(CiphertextBlob => kms.send(new DecryptCommand({ CiphertextBlob }))),
      ]);
      expect(names).toEqual(['AccessDeniedException']);
    });
  });
});
