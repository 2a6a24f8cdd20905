import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { createRoles, learnRoles } from '../support/roles.ts';
import { Application, FLAWS, type ApplicationKeys } from './application.ts';
import { clientsOf, type Clients } from './aws.ts';
import { Checker } from './checker.ts';
import { Follower } from './follower.ts';
import { forRoles, jobOf, type JobFollows } from './job-of.ts';
import { Pipeline, type Passes } from './pipeline.ts';
import type { Random } from './random.ts';
import { BUCKET, TABLE } from './records.ts';
import { layoutOf, type Schedule } from './schedule.ts';
import { Service, type PlantedBug } from './service.ts';
import type { Findings } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';
import { Watch } from './watch.ts';
import { JOURNAL, LEDGER, RUNS, Weather } from './weather.ts';
import { Party, Wire, type Call, type Hooks } from './wire.ts';

const NAMES = { ledger: LEDGER, journal: JOURNAL, runs: RUNS };
const [OLD, NEW, FOREIGN] = [1, 2, 3].map(
  digit => `arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0001-00000000000${digit}`,
) as [string, string, string];
/** Stand for the keys of a schedule before there are any. */
const NO_KEYS: ApplicationKeys = { old: OLD, new: NEW, foreign: FOREIGN };

/** What the product writes objects with. */
const COPIES = ['CopyObject', 'CompleteMultipartUpload'];
const PUTS = ['PutObject'];

export interface Scene {
  readonly schedule: Schedule;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly findings: Findings;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly application: Application;
  readonly checker: Checker;
  readonly pipeline: Pipeline;
  readonly service: Service;
  readonly follower: Follower;
  readonly admin: Clients;
  readonly keys: ApplicationKeys;
  /** Followers ask KMS beside runs. */
  readonly followed?: true;
}

type Given = Pick<Scene, 'time' | 'random' | 'findings'> & { readonly bug: PlantedBug };

/** What a scene has beside what all have. */
export interface Staging {
  /** What the job follows. @default the table, of which nobody tells until a follower is told of late writes */
  readonly follow?: JobFollows;
  /** What stands between everybody and AWS, around the weather. */
  readonly around?: (weather: Weather) => Hooks;
  /** Hears of every call as it takes effect. */
  readonly hears?: (call: Call) => void;
  readonly passes?: Passes;
}

/** Synthesizes the roles of a schedule once: it draws random numbers, so it comes before anything that counts on these. */
export function learnRolesOf(schedule: Schedule, { follow }: Staging = {}): void {
  learnRoles(jobOf(forRoles(schedule), NO_KEYS, follow), NAMES);
}

export async function setTheScene(
  schedule: Schedule,
  { time, random, bug, findings }: Given,
  { follow, around, hears, passes }: Staging = {},
): Promise<Scene> {
  const layout = layoutOf(schedule);
  // Only a body that holds data keys is put.
  const watch = new Watch(findings, layout.objects === 'metadata' ? COPIES : PUTS);
  const weather = new Weather(schedule, random.fork(), call => {
    watch.see(call);
    hears?.(call);
  });
  const { kmsChecksFirst } = schedule;
  const aws = new EmbeddedAws({ s3PageSize: 5, kmsChecksFirst });
  const hooks = around?.(weather) ?? weather;
  const wire = new Wire(aws, { time, random: random.fork(), hooks });
  const admin = clientsOf(wire, new Party('admin', 1));
  const keys = await createKeys(admin);
  await createStores(admin, schedule.layout);
  const given = { layout, keys };
  const application = new Application(clientsOf(wire, new Party('application', 60)), random.fork(), given);
  for (let made = 0; made < schedule.items; made++) await application.add('table');
  for (let made = 0; made < schedule.objects; made++) await application.add('bucket');
  for (let made = 0; made < schedule.flawed; made++)
    await application.add(random.chance(0.5) ? 'table' : 'bucket', random.pick(FLAWS));
  const job = jobOf(schedule, keys, follow);
  createRoles(aws, jobOf(forRoles(schedule), keys, follow), NAMES);
  const follower = new Follower(wire, { job, schedule, bug });
  const service = new Service(wire, {
    job,
    schedule,
    bug,
    executionOf: runId => {
      const known = pipeline.runs.find(run => run.runId === runId);
      return known === undefined ? 'unknown' : known.over ? 'over' : 'running';
    },
  });
  const pipeline: Pipeline = new Pipeline(service, schedule, {
    ...{ time, random: random.fork(), weather },
    ...(passes !== undefined && { passes }),
  });
  const checker = new Checker(clientsOf(wire, new Party('checker', 1)), application, {
    ...given,
    findings,
    watch,
  });
  return {
    schedule,
    time,
    random,
    findings,
    weather,
    watch,
    application,
    checker,
    pipeline,
    service,
    follower,
    admin,
    keys,
  };
}

async function createKeys({ kms }: Clients): Promise<ApplicationKeys> {
  const arn = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  return { old: await arn(), new: await arn(), foreign: await arn() };
}

async function createStores(
  { dynamodb, s3 }: Clients,
  { versionedBucket }: Schedule['layout'],
): Promise<void> {
  const table = (name: string, keys: readonly string[]): CreateTableCommand =>
    new CreateTableCommand({
      TableName: name,
      KeySchema: keys.map((key, at) => ({ AttributeName: key, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: keys.map(key => ({ AttributeName: key, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    });
  await dynamodb.send(table(TABLE, ['id']));
  await dynamodb.send(table(LEDGER, ['run', 'item']));
  for (const bucket of [BUCKET, JOURNAL, RUNS]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  if (versionedBucket)
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: BUCKET,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
}
