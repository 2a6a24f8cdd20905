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
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { GrantWatch } from '../support/granted.ts';
import { Mutants, type Survey } from '../support/mutants.ts';
import { Account, HERE, THERE } from './account.ts';
import { bucketsOf, jobsOf } from './jobs.ts';
import { KEPT_OF_ALL, NONE_UNEXPLAINED, unexplained, type Kept } from './kept.ts';
import { LATE_OBJECTS, outsidersAtQueue, tellEvents, writeLateObjects } from './late-objects.ts';
import { LARGE_LIMITS, LargeCopies } from './large-copies.ts';
import { Planted } from './planted.ts';
import { statementsIn } from './statements.ts';

interface Run {
  readonly mode: string;
  readonly region: string;
  /** What a rollback undoes. */
  readonly of?: string;
  readonly name?: string;
}

const KEPT: Kept = [
  ...KEPT_OF_ALL,
  [
    /(MigrateUnit|RollbackUnit): Allow s3:(AbortMultipartUpload|[GP]etObjectAnnotation|[GP]utObjectAnnotation) on s3::sealed-documents/,
    'Its objects are put as a whole. A job of formats that change bodies and metadata copies some.',
  ],
  [
    /Plan: Allow s3:ListBucket on .* without StringEquals s3:prefix =( a\/)?$/,
    'Nothing is under the prefix: misspelt-documents is such a bucket.',
  ],
  [/Plan: Allow kms:ListKeyRotations on \S+:key\/\*$/, 'A bridge key is described like the other keys.'],
  [/^arn:aws:kms:us-east-1:444455556666:\S+: Allow kms:\* on/, 'What the other account says of itself.'],
];

/** An explicit deny, or nobody's word, by each service and by IAM itself. */
const DENIALS = ['AccessDenied', 'AccessDeniedException', 'denied'];

const RUNS = [
  ['in-place', HERE],
  ['by-alias', HERE],
  ['from-others', HERE],
  ['followed', HERE],
  ['misspelt', HERE],
  ['copied', THERE],
  ['multi-region', THERE],
  ['plaintext', THERE],
] as const;

function writersOf(job: string): readonly string[] {
  return [
    ...[job === 'plaintext' ? 'MigrateUnitPlaintext' : 'MigrateUnit', 'RollbackUnit'],
    ...(job === 'followed' ? ['FollowBucket'] : []),
  ];
}

describe('what the roles of a deployment are granted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-granted-'));
  const ended: Record<string, string> = {};
  let large: readonly (readonly string[])[] = [];
  let answers: Readonly<Record<string, readonly unknown[]>>;
  let aws: Embedded;
  let account: Account;
  let watch: GrantWatch;
  let mutants: Mutants;
  let planted: Planted;
  let missed: readonly string[] = [];

  beforeAll(async () => {
    aws = await embedded({
      ...{ logFolder: join(folder, 'logs'), waitScale: 0, lambdaConcurrency: 8 },
      s3CopyLimitBytes: LARGE_LIMITS.mostBytes,
    });
    account = new Account(aws);
    await account.fill();
    await tellEvents(account);
    mkdirSync(join(folder, 'jobs'));
    for (const job of jobsOf(account))
      writeFileSync(join(folder, 'jobs', `${job.name}.json`), JSON.stringify(job));
    await synthesize({
      jobs: join(folder, 'jobs'),
      outdir: join(folder, 'cdk.out'),
      settings: { allowPlaintextRoute: true },
    });
    watch = new GrantWatch(aws.aws);
    mutants = new Mutants(aws.aws.iam);
    planted = new Planted(aws, mutants);
    await aws.aws.deploy(join(folder, 'cdk.out'));
    await run('misspelt', { mode: 'census', region: HERE, name: 'nothing-there' });
    await account.fillBucket('misspelt-documents', { key: account.keys.source, folder: 'a/c/d/' });
    for (const [job, region] of RUNS) {
      for (const mode of ['census', 'migrate', 'verify']) await run(job, { mode, region });
      await run(job, { mode: 'census', region, name: `${job}-census-after` });
      // It rests on the journal of the first one.
      await run(job, { mode: 'migrate', region, name: `${job}-migrate-again` });
      if (job === 'followed') {
        await account.writeLate(followed);
        await writeLateObjects(aws, account);
      }
      await run(job, { mode: 'rollback', region, of: `${job}-migrate` });
    }
    for (const mode of ['census', 'verify']) await run('counted', { mode, region: HERE });
    for (const schedule of aws.aws.schedules.all()) {
      aws.aws.schedules.fire(schedule);
      aws.aws.schedules.fire({ ...schedule, targetArn: `${schedule.targetArn}-gone` });
    }
    large = await copyInParts();
    missed = [...watch.missed];
    answers = await plant();
  }, 600_000);
  afterAll(async () => {
    account.destroy();
    await aws.stop();
  });

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

  const followed = (): Promise<void> => aws.aws.streamed.mappings.idle();

  /** Of every bucket that is written to, by every function that writes there, but where the body is put as a whole. */
  async function copyInParts(): Promise<readonly (readonly string[])[]> {
    const copies = new LargeCopies(aws, account);
    const results = [];
    for (const [job, region] of RUNS)
      for (const store of bucketsOf(jobsOf(account), job))
        for (const role of writersOf(job)) results.push(await copies.play({ store, region, role }));
    return results;
  }

  /** What is forbidden, tried by everybody. */
  async function plant(): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const { tableEncryption, bucketEncryption, thereEncryption, neighbour, neighbourThere } = account.keys;
    const answers: Record<string, readonly unknown[]> = {
      scheduler: planted.schedulerTrusts(),
      queue: outsidersAtQueue(mutants),
    };
    const keys = { [HERE]: [tableEncryption, bucketEncryption], [THERE]: [thereEncryption] };
    const neighbours = { [HERE]: neighbour, [THERE]: neighbourThere };
    for (const region of [HERE, THERE] as const) {
      const { runBucket, journalBucket } = await findDeployment('KmsRewrap', {
        endpoint: aws.endpoint,
        region,
      });
      const stores = RUNS.flatMap(([job]) => bucketsOf(jobsOf(account), job));
      const there = stores.flatMap(({ copyTo }) => (copyTo === undefined ? [] : [copyTo.bucket]));
      const buckets = region === HERE ? stores.map(({ bucket }) => bucket) : there;
      answers[`listing in ${region}`] = await planted.listingElsewhere(region, [
        ...[runBucket, journalBucket],
        ...buckets,
      ]);
      answers[`keys in ${region}`] = await planted.usingKeys(region, keys[region]);
      answers[`neighbour in ${region}`] = await planted.askingAbout(region, neighbours[region]);
      answers[`intents in ${region}`] = await planted.readingIntents(region, journalBucket);
      await account.list(region, runBucket);
      for (const bucket of [runBucket, journalBucket]) answers[bucket] = mutants.withoutTls(bucket);
    }
    return answers;
  }

  it('is enough for every run', () => {
    const { 'nothing-there': refused, ...runs } = ended;
    expect(refused).toMatch(
      /^FAILED RunRefused: .* there are some under a\/c\/e\/; write that prefix\ndocs\/runbook\.md says more about plan\.misfit$/,
    );
    expect(Object.entries(runs).filter(([, end]) => end !== 'SUCCEEDED')).toEqual([]);
    // The schedule whose state machine is gone was to fail, and so was all that is planted.
    expect(missed.filter(call => !call.endsWith('-gone'))).toEqual([]);
  });

  it('is enough for followers, which have given nothing up', async () => {
    expect([...aws.aws.streamed.mappings.left, ...aws.aws.messaging.queues.waiting()]).toEqual([]);
    expect(aws.aws.messaging.bus.undelivered).toEqual([]);
    const { ledgerTable } = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: HERE });
    const { late } = await new LedgerFollowBook(aws.dynamodb, ledgerTable).state('followed');
    expect(late).toEqual({ [account.keys.source]: 3 + LATE_OBJECTS });
  });

  it('is enough for objects that are copied in parts, and to clean up after a copy that is given up', () => {
    expect(large.length).toBeGreaterThan(0);
    for (const results of large) expect(results).toEqual(['written', 'blocked']);
  });

  it('is all that anybody gets who tries more', () => {
    const { scheduler, ...others } = answers;
    // Of both Regions, and of the watch of each.
    expect([...new Set(scheduler)]).toEqual([false]);
    expect(Object.keys(others).length).toBeGreaterThan(0);
    for (const [what, names] of Object.entries(others))
      expect([what, names.filter(name => !DENIALS.includes(String(name)))]).toEqual([what, []]);
  });

  describe('would be missed', () => {
    let survey: Survey;
    beforeAll(() => {
      survey = mutants.survey(aws.aws.iam, planted.roles());
    });

    it('as a whole: every statement that is deployed is left out once', () => {
      const { ofRoles, ofTrust, ofBuckets, ofKeys, ofQueues } = statementsIn(join(folder, 'cdk.out'));
      const left = [...survey.holders];
      const count = (which: (holder: string) => boolean): number =>
        left.filter(([holder]) => which(holder)).reduce((sum, [, statements]) => sum + statements, 0);
      expect(count(holder => !/^(trust of|arn:)/.test(holder))).toBe(ofRoles);
      expect(count(holder => holder.startsWith('trust of'))).toBe(ofTrust);
      expect(count(holder => holder.startsWith('arn:aws:s3:::kmsrewrap-'))).toBe(ofBuckets);
      // Both members of the bridge, and the replica of a source key. Its primary is the account's own.
      const ofStacks = (holder: string): boolean =>
        holder.includes(':key/mrk-') && holder !== account.keys.multiRegion;
      expect(count(ofStacks)).toBe(ofKeys);
      // Nobody reads dead-letter queues here: test/infra/nag.test.ts holds that they want TLS.
      expect(ofQueues - count(holder => holder.startsWith('arn:aws:sqs:'))).toBe(2);
      process.stdout.write(`${survey.statements} statements, ${survey.mutants} mutants\n`);
    });

    it('whichever statement, action, resource or condition were removed, or is kept for a reason', () => {
      expect(survey.mutants).toBeGreaterThan(survey.statements);
      expect(unexplained(survey.survivors, KEPT)).toEqual(NONE_UNEXPLAINED);
    });
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
