import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { EmbeddedAws } from '../../../emulator/embedded-aws.ts';
import { AwsClients } from '../../../lambda/adapters/aws/clients.ts';
import { DynamoDbLedger } from '../../../lambda/adapters/state/ledger.ts';
import { LedgerShareBook } from '../../../lambda/adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../../../lambda/adapters/state/store-locks.ts';
import { parseJob } from '../../../lambda/core/job/parse-job.ts';
import { takeLocks, releaseLocks } from '../../../lambda/core/lock/take-locks.ts';
import type { UnitProgress } from '../../../lambda/core/model/books.ts';
import type { Job } from '../../../lambda/core/model/job.ts';
import type { Phase, Unit } from '../../../lambda/core/model/run.ts';
import type { RunPlan } from '../../../lambda/core/model/run-plan.ts';
import { WorkerShare } from '../../../lambda/core/rate/worker-share.ts';
import { formats } from '../../../lambda/formats/registry.ts';
import { plan, planned } from '../../support/builders.ts';
import { clientsOf, forgetOpened, type Clients } from '../aws.ts';
import { createRoles, learnRoles } from '../../support/roles.ts';
import { WORKER_OF } from '../pipeline.ts';
import { Random } from '../random.ts';
import { BUCKET, TABLE } from '../records.ts';
import { scheduleOf } from '../schedule.ts';
import { Service, type PlantedBug } from '../service.ts';
import { Findings } from '../violations.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { Watch } from '../watch.ts';
import { JOURNAL, LEDGER, RUNS } from '../weather.ts';
import { Party, Wire } from '../wire.ts';
import { Director, type Observer, type WireBug } from './director.ts';
import { Eye, LedgerEye } from './eye.ts';
import { Owner } from './owner.ts';
import { LARGE_LIMITS, LargeObjectPlace } from './large-objects.ts';
import { ItemPlace, ObjectPlace, PART, type Place } from './places.ts';

/** Where records are stored, what their application keeps beside a data key, and what the job says about it. */
export interface Form {
  readonly place: 'table' | 'bucket';
  readonly label?: boolean;
  readonly version?: boolean;
  /** The job names a place for the algorithm; the application fills it or leaves it empty. */
  readonly algorithm?: 'kept' | 'empty';
  readonly writeTo?: boolean;
  /** There is a new data key already, made from an earlier data key than the present one. */
  readonly stale?: boolean;
  readonly versionedBucket?: boolean;
  readonly copies?: boolean;
  /** Somebody else has already made the copies. */
  readonly copied?: boolean;
  /** Objects that S3 copies only in parts. */
  readonly large?: boolean;
  readonly records?: number;
}

/** The longest time that Lambda gives one invocation. */
const MOST_MS = 900_000;

const COPIES = { table: 'Copies', bucket: 'copies' } as const;

/** A mistake on the wire, or behind the ports of the product. */
export type WorldBug = WireBug & PlantedBug;

/** A store with a few records, their owners, and the product: all of it is new for each telling. */
export class World {
  readonly findings = new Findings();
  readonly watch = new Watch(this.findings, ['CopyObject', 'CompleteMultipartUpload']);
  readonly owners: readonly Owner[];
  /** The owners of records at the destination of copies. */
  readonly there: readonly Owner[];
  readonly director: Director;
  readonly eye: Eye;
  readonly time: VirtualTime;
  readonly form: Form;
  keys = { old: '', new: '' };
  /** Runs that have ended. */
  readonly over = new Set<string>();
  /** A unit was given to two invocations: one of them is told so. */
  twice = false;
  invocationMs = MOST_MS;
  /** Another invocation that works on the same unit. */
  again: () => Promise<void> = () => Promise.resolve();
  /** A worker has died, and could not tidy up. */
  died = false;
  /** Another run that wants the same stores. */
  rival: () => Promise<void> = () => Promise.resolve();
  readonly #aws: EmbeddedAws;
  readonly #wire: Wire;
  readonly #admin: Clients;
  readonly #application: Clients;
  readonly #product: AwsClients;
  readonly #bug: WorldBug;
  #service: Service | undefined;
  #workers = 0;
  #job: Job | undefined;

  constructor(
    form: Form,
    bug: WorldBug,
    { time, random }: { readonly time: VirtualTime; readonly random: Random },
  ) {
    this.form = form;
    this.#bug = bug;
    this.time = time;
    this.#aws = new EmbeddedAws({
      s3PageSize: 5,
      ...(form.large === true && { s3CopyLimitBytes: LARGE_LIMITS.mostBytes }),
    });
    // Filled below: the observers look over the wire, which does not exist yet.
    const observers: Observer[] = [];
    this.director = new Director(bug, observers, call => this.watch.see(call));
    this.#wire = new Wire(this.#aws, { time, random: random.fork(), hooks: this.director });
    this.#admin = clientsOf(this.#wire, new Party('admin', 0));
    this.#application = clientsOf(this.#wire, new Party('application', 0));
    this.#product = new AwsClients(this.#wire.configOf(new Party('worker-1', 0)));
    const owner = (store: string, id: string): Owner =>
      new Owner(this.#place(store, id), this.#application, { random: random.fork(), keeps: form });
    const ids = Array.from({ length: form.records ?? 1 }, (_, index) => `r${index}`);
    const store = form.place === 'table' ? TABLE : BUCKET;
    this.owners = ids.map(id => owner(store, id));
    this.there = form.copies === true ? ids.map(id => owner(COPIES[form.place], id)) : [];
    const places = [...this.owners, ...this.there].map(({ place }) => place);
    this.eye = new Eye(places, this);
    observers.push(this.eye, new LedgerEye(this.#admin, this.findings));
  }

  #place(store: string, id: string): Place {
    return this.form.place === 'table'
      ? new ItemPlace(this.#application, store, id)
      : this.form.large === true
        ? new LargeObjectPlace(this.#application, store, id)
        : new ObjectPlace(this.#application, store, id);
  }

  /** Makes keys, stores, and the records under the old key, some time before anything else happens. */
  async build(): Promise<void> {
    const { kms } = this.#admin;
    const arn = async (): Promise<string> =>
      (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    this.keys = { old: await arn(), new: await arn() };
    this.#job = jobOf(this.form, this.keys);
    createRoles(this.#aws, this.#job, NAMES);
    this.#service = new Service(this.#wire, {
      job: this.#job,
      // A single invocation needs nothing that a schedule decides. Whatever a statement of a batch is answered, the UpdateItem of
      // these situations follows (test/unit/batched-updates.test.ts).
      schedule: { ...scheduleOf(0, new Random(0)), batches: false },
      bug: this.#bug,
      executionOf: () => 'running',
      ...(this.form.large === true && { copyLimits: LARGE_LIMITS }),
    });
    await this.#createTable(LEDGER, ['run', 'item']);
    for (const bucket of [JOURNAL, RUNS]) await this.#createBucket(bucket);
    if (this.form.place === 'table') {
      await this.#createTable(TABLE, ['id']);
      if (this.form.copies === true) await this.#createTable(COPIES.table, ['id']);
    } else {
      await this.#createBucket(BUCKET);
      if (this.form.copies === true) await this.#createBucket(COPIES.bucket);
    }
    for (const owner of this.owners) await this.#make(owner);
    // Older versions are needed that can become current again.
    for (let older = 0; this.form.versionedBucket === true && older < 2; older++)
      for (const owner of this.owners) await owner.rotate(this.keys.old);
    for (const copy of this.form.copied === true ? this.there : []) {
      await copy.rotate(this.keys.old);
      await this.copyTo(copy);
      copy.exists = false;
    }
    await this.time.sleep(5_000);
  }

  async #make(owner: Owner): Promise<void> {
    const { old, new: newKey } = this.keys;
    const { algorithm, stale } = this.form;
    await owner.rotate(old);
    if (algorithm === 'kept') await owner.setBeside(PART.algorithm, 'SYMMETRIC_DEFAULT');
    if (stale === true) {
      await owner.fillNewKey(newKey);
      await owner.setBeside(PART.newLabel, newKey);
      await owner.setBeside(PART.newDigest, '0'.repeat(64));
    }
    owner.own.clear();
  }

  async #createTable(name: string, keys: readonly string[]): Promise<void> {
    await this.#admin.dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: keys.map((key, at) => ({ AttributeName: key, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: keys.map(key => ({ AttributeName: key, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }

  async #createBucket(Bucket: string): Promise<void> {
    await this.#admin.s3.send(new CreateBucketCommand({ Bucket }));
    if ([BUCKET, COPIES.bucket].includes(Bucket) && this.form.versionedBucket === true)
      await this.#admin.s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
  }

  /** Does what a tool does that knows nothing about data keys: it copies the record as it is. */
  async copyTo({ place }: Owner): Promise<void> {
    const source = this.owners.find(owner => owner.place.id === place.id);
    await place.put((await source?.place.read()) ?? {});
  }

  /** Uploads of the product that are neither completed nor aborted. */
  async uploadsLeft(): Promise<number> {
    const buckets = this.form.copies === true ? [BUCKET, COPIES.bucket] : [BUCKET];
    const lists = await Promise.all(
      buckets.map(Bucket => this.#admin.s3.send(new ListMultipartUploadsCommand({ Bucket }))),
    );
    return lists.reduce((sum, { Uploads = [] }) => sum + Uploads.length, 0);
  }

  async disableOldKey(): Promise<void> {
    await this.#admin.kms.send(new DisableKeyCommand({ KeyId: this.keys.old }));
    forgetOpened(this.#application);
  }

  /** Runs work of the product that may be interrupted. */
  async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.calmly(name, async () => {
      this.director.interrupting = true;
      return work();
    });
  }

  /** Runs work of the product that is not disturbed. */
  async calmly<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.director.stage = name;
    try {
      return await work();
    } finally {
      this.director.stage = undefined;
      this.director.interrupting = false;
    }
  }

  /** One pass of a run over its only unit: as many invocations as it takes. */
  async work(phase: Phase, runId: string, changes: Partial<RunPlan> = {}): Promise<UnitProgress> {
    await this.#admin.s3.send(
      new PutObjectCommand({
        Bucket: RUNS,
        Key: `runs/${runId}/plan.json`,
        Body: JSON.stringify(this.#plan(runId, { mode: phase, ...changes })),
      }),
    );
    for (;;) {
      const endsAt = this.time.now() + this.invocationMs;
      const party = new Party(`worker-${++this.#workers}`, 0, WORKER_OF[phase]);
      const working = this.#service!.work(phase, this.#unit(runId), {
        party,
        clock: { now: () => this.time.now() },
        deadline: { remaining: () => endsAt - this.time.now() },
      });
      // Whoever dies is called again, as Step Functions does when the invocation must be over.
      const progress = await Promise.race([working, party.death]);
      if (progress === undefined) await this.time.sleep(endsAt - this.time.now());
      else if (progress.done) return progress;
    }
  }

  /** Takes the locks of a run's stores. Returns whether it got them. */
  async take(runId: string): Promise<boolean> {
    const dynamodb = this.#product.dynamodb();
    const ledger = new DynamoDbLedger(dynamodb, LEDGER);
    try {
      await takeLocks(this.#plan(runId), this.time.now(), {
        locks: new LedgerStoreLocks(dynamodb, LEDGER),
        fence: (other, words) => ledger.breakPremise(other, words),
        lifeOf: other => Promise.resolve({ execution: this.over.has(other) ? 'over' : 'running' }),
      });
      return true;
    } catch (error) {
      if ((error as Error).name === 'RunRefused') return false;
      throw error;
    }
  }

  /** Tells everything still running of a run to stop, as planning a rollback does. */
  async fence(runId: string): Promise<void> {
    await new DynamoDbLedger(this.#product.dynamodb(), LEDGER).fence(runId, this.time.now());
  }

  /** A worker cannot go on, and says why. */
  async breakPremise(runId: string): Promise<void> {
    await new DynamoDbLedger(this.#product.dynamodb(), LEDGER).breakPremise(runId, 'a key is disabled');
  }

  /** A worker's share of the rate; workers with equal chances look at the same free place first. */
  shareOf(worker: string, chances: Pick<Random, 'next'>): Pick<WorkerShare, 'take' | 'giveBack'> {
    const who = { runId: 'run-1', work: worker, holder: worker, workers: 2 };
    return new WorkerShare(['us-east-1'], who, {
      book: new LedgerShareBook(this.#product.dynamodb(), LEDGER),
      clock: { now: () => this.time.now() },
      deadline: { remaining: () => this.invocationMs },
      sleep: ms => this.time.sleep(ms),
      random: () => chances.next(),
      recent: () => 0,
    });
  }

  async give(runId: string): Promise<void> {
    await releaseLocks(this.#plan(runId), new LedgerStoreLocks(this.#product.dynamodb(), LEDGER));
  }

  #unit(runId: string): Unit {
    const { place } = this.form;
    const range =
      place === 'table'
        ? ({ type: 'segment', segment: 0, totalSegments: 1 } as const)
        : ({ type: 'key-range' } as const);
    return { runId, unitId: 'u00001', store: 0, range };
  }

  #plan(runId: string, changes: Partial<RunPlan> = {}): RunPlan {
    const { stores = [] } = this.#job ?? {};
    const { old, new: destination } = this.keys;
    return plan({
      ...{ runId, stores, sources: [planned(old)], destination: planned(destination), pageSize: 1 },
      ...changes,
    });
  }
}

const NAMES = { ledger: LEDGER, journal: JOURNAL, runs: RUNS };
const NO_KEYS = {
  old: 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0001-000000000001',
  new: 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0001-000000000002',
};

/** Before the time of a world begins: the roles of its functions. */
export function learnRolesOf(form: Form): void {
  learnRoles(jobOf(form, NO_KEYS), NAMES);
}

function jobOf(form: Form, keys: World['keys']): Job {
  const kind = form.place === 'table' ? 'attribute' : 'metadata';
  const format = {
    type: form.place === 'table' ? 'attribute' : 'object-metadata',
    dataKey: PART.dataKey,
    ...(form.label === true && { keyArn: PART.label }),
    ...(form.version === true && { version: PART.version }),
    ...(form.algorithm !== undefined && { encryptionAlgorithm: PART.algorithm }),
    encryptionContext: { tenant: { [kind]: PART.tenant } },
    ...(form.writeTo === true && {
      writeTo: { dataKey: PART.newKey, keyArn: PART.newLabel, sourceDigest: PART.newDigest },
    }),
  };
  const store =
    form.place === 'table' ? { type: 'dynamodb', table: TABLE } : { type: 's3', bucket: BUCKET, prefix: '' };
  const copyTo = form.place === 'table' ? { table: COPIES.table } : { bucket: COPIES.bucket };
  const parsed = parseJob(
    {
      name: 'orders',
      source: { keys: [keys.old] },
      destination: { key: keys.new },
      stores: [
        {
          ...store,
          format,
          ...(form.copies === true && { copyTo: { region: 'us-east-1', createMissing: true, ...copyTo } }),
        },
      ],
    },
    formats,
  );
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
  return parsed.job;
}
