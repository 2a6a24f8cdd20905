import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { HeadObjectCommand, PutBucketEncryptionCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  DescribeJobCommand,
  UpdateJobStatusCommand,
  type CreateJobCommandInput,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatWorld } from '../support/format-world.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { s3Control } from '../support/s3-control.ts';

const Bucket = 'payloads';
const names = ['a', 'b', 'c'];
let world: FormatWorld;
let control: S3ControlClient;
let folder: string;
let [source, destination] = ['', ''];
beforeEach(async () => {
  world = await FormatWorld.for('object-metadata');
  source = await world.arnOf(world.source);
  destination = await world.arnOf(world.job.destination.key);
  await world.bucket(Bucket);
  control = s3Control(world.aws.endpoint);
  folder = mkdtempSync(join(tmpdir(), 'rewrap-batch-'));
});
afterEach(async () => {
  control.destroy();
  rmSync(folder, { recursive: true });
  await world.stop();
});

/** Data keys under the old key, in objects that S3 encrypts with `sealing`, the first with an S3 Bucket Key. */
async function fill(sealing: string): Promise<void> {
  for (const name of names) {
    const Key = `files/${name}`;
    const { ciphertext } = await world.dataKey({ object: Key, tenant: 't' });
    await world.aws.s3.send(
      new PutObjectCommand({
        ...{ Bucket, Key, Body: name, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sealing },
        BucketKeyEnabled: name === 'a',
        Metadata: { 'data-key': ciphertext.toString('base64'), tenant: 't', 'kms-key-arn': source },
      }),
    );
  }
}

const job = (serverSideEncryptionKey: string) => ({
  ...world.job,
  stores: (world.job as unknown as { stores: readonly object[] }).stores.map(store => ({
    ...store,
    serverSideEncryptionKey,
  })),
});

const encrypt = (KMSMasterKeyID: string) =>
  world.aws.s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } }],
      },
    }),
  );

it('a key whose data keys have all moved is kept while S3 itself encrypts objects with it', async () => {
  await fill(source);
  const { code, report, advice } = await world.player.play(job(source));
  expect([code, report.verdict, report.remaining]).toEqual([0, 'proven', 0]);
  expect(report.stores[0]?.serverSideEncrypted).toEqual([{ keyArn: source, objects: 3 }]);
  expect(advice.verdict).toBe('keep');
  expect(advice.findings).toContainEqual({
    weight: 'blocks',
    about: 's3:us-east-1:payloads/files/',
    words: expect.stringMatching(
      /^S3 itself encrypts 3 objects there with this key, and can give out none of them without it \(run /,
    ) as string,
  });
});

/** What the command has written, sent by the official client. The ids of the jobs. */
async function send(requests: Requests): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { createJob } of requests.requests) {
    const input = JSON.parse(JSON.stringify(createJob)) as CreateJobCommandInput;
    const { JobId = '' } = await control.send(new CreateJobCommand(input));
    ids.push(JobId);
  }
  return ids;
}

interface Requests {
  readonly requests: readonly {
    readonly file: string;
    readonly createJob: object;
    readonly bucketKeys: boolean;
  }[];
  readonly role: { readonly trust: object; readonly permissions: { readonly Statement: readonly object[] } };
}

const ROLE = 'arn:aws:iam::111122223333:role/Batch';

async function written(name: string, job: object): Promise<Requests> {
  const [file, out] = [join(folder, `${name}.json`), join(folder, name)];
  writeFileSync(file, JSON.stringify({ ...job, name }));
  const { stdout } = await rewrap(['s3-batch', file, '--role', ROLE, '--out', out, '--json'], {
    endpoint: world.aws.endpoint,
  });
  const requests = JSON.parse(stdout) as Requests;
  expect(readdirSync(out).sort()).toEqual(requests.requests.map(one => one.file).sort());
  for (const one of requests.requests)
    expect(JSON.parse(readFileSync(join(out, one.file), 'utf8'))).toEqual(one.createJob);
  return requests;
}

function grant({ trust, permissions }: Requests['role'], statements = permissions.Statement): void {
  const { identities } = world.aws.aws.iam;
  identities.create(ROLE, { trust });
  identities.putInline(ROLE, 'Batch', { ...permissions, Statement: statements });
}

const done = async (JobId: string) => {
  const AccountId = '111122223333';
  const { Job } = await control.send(new DescribeJobCommand({ AccountId, JobId }));
  if (Job?.Status === 'Suspended') {
    await control.send(new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Ready' }));
    return done(JobId);
  }
  const { NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: failed } = Job?.ProgressSummary ?? {};
  return { status: Job?.Status, succeeded, failed };
};

it('and may go once S3 Batch Operations have moved them as asked for, and a run has seen that', async () => {
  await fill(source);
  await world.player.play(job(source));
  const requests = await written('asked', job(source));
  grant(requests.role);
  const [without, having] = await Promise.all((await send(requests)).map(done));
  expect(without).toEqual({ status: 'Complete', succeeded: 2, failed: 0 });
  expect(having).toEqual({ status: 'Complete', succeeded: 1, failed: 0 });
  const shown = await Promise.all(
    names.map(name => world.aws.s3.send(new HeadObjectCommand({ Bucket, Key: `files/${name}` }))),
  );
  expect(shown.map(({ SSEKMSKeyId, BucketKeyEnabled = false }) => [SSEKMSKeyId, BucketKeyEnabled])).toEqual([
    [destination, true],
    [destination, false],
    [destination, false],
  ]);
  const { report, advice } = await world.player.play({ ...job(destination), name: 'again' });
  expect(report.stores[0]?.serverSideEncrypted).toEqual([]);
  expect([report.verdict, advice.verdict]).toEqual(['proven', 'disable']);
});

it('S3 needs each of the permissions that are written down', async () => {
  await fill(source);
  const requests = await written('narrow', job(source));
  const { Statement } = requests.role.permissions;
  for (const statement of Statement as readonly { readonly Action: readonly string[] }[])
    for (const action of statement.Action) {
      const fewer = { ...statement, Action: statement.Action.filter(one => one !== action) };
      const others = Statement.filter(one => one !== statement);
      grant(requests.role, fewer.Action.length === 0 ? others : [...others, fewer]);
      const [id = ''] = await send(requests);
      expect([action, (await done(id)).succeeded]).toEqual([action, 0]);
    }
});

it('a key that the bucket gives to new objects is kept, whatever name the bucket has for it', async () => {
  const other = await world.aws.kms.send(new CreateKeyCommand({}));
  await fill(other.KeyMetadata!.Arn!);
  await encrypt(world.source);
  const { report, advice } = await world.player.play(job(other.KeyMetadata!.Arn!));
  expect(report.stores[0]?.serverSideEncrypted).toEqual([]);
  expect(advice.verdict).toBe('keep');
  expect(advice.findings.filter(({ weight }) => weight === 'blocks')).toEqual([
    expect.objectContaining({ about: 's3:us-east-1:payloads' }),
  ]);
});
