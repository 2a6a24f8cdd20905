import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { PatientRecords } from '../../lambda/adapters/records/patient-records.ts';
import { TableCapacities } from '../../lambda/adapters/records/table-capacities.ts';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { followObjects } from '../../lambda/core/follow/follow-objects.ts';
import {
  followStore,
  type Followed,
  type FollowMemory,
  type RecordWritten,
} from '../../lambda/core/follow/follow-store.ts';
import type { FollowPorts, MovePorts } from '../../lambda/core/follow/ports.ts';
import { queueTold } from '../../lambda/core/follow/queue-event.ts';
import { tableWritten, type ItemWritten } from '../../lambda/core/follow/stream-event.ts';
import {
  FOLLOW_TIMEOUT_SECONDS,
  followedBuckets,
  followedTables,
  type FollowedStore,
} from '../../lambda/core/job/followed-stores.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { kmsRegions, WorkerShare } from '../../lambda/core/rate/worker-share.ts';
import { unitScope, type UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { storeName } from '../../lambda/core/stores/places.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { Schedule } from './schedule.ts';
import type { PlantedBug } from './service.ts';
import { JOURNAL, LEDGER, RUNS } from './weather.ts';
import type { Party, Wire } from './wire.ts';

/** As many as the handler counts on (lambda/handlers/follower-tools.ts). */
const INVOCATIONS = 8;

const UNTOLD: FollowPorts['telemetry'] = {
  dataKey: () => undefined,
  late: () => undefined,
  idle: () => undefined,
};

export interface Invoked {
  readonly party: Party;
  /** What the sandbox has kept. */
  readonly memory: FollowMemory;
  readonly remaining: () => number;
  /** Hears why there was nothing to do, or why it must wait. */
  readonly idle?: (why: string) => void;
}

interface FollowerOptions {
  readonly job: Job;
  readonly schedule: Schedule;
  readonly bug: PlantedBug;
}

/** The functions FollowTable and FollowBucket as their handlers assemble them, over a wire in virtual time. */
export class Follower {
  readonly #wire: Wire;
  readonly #options: FollowerOptions;

  constructor(wire: Wire, options: FollowerOptions) {
    this.#wire = wire;
    this.#options = options;
  }

  /** One invocation, told of writes to the table. */
  invoke(items: readonly ItemWritten[], invoked: Invoked): Promise<Followed<ItemWritten>> {
    const [followed] = followedTables([this.#options.job]);
    if (followed === undefined) throw new Error('the job follows no table');
    return this.#follow(items, followed, invoked);
  }

  /** FollowTable. @returns the sequence numbers that its stream hands over again */
  async hearStream(event: unknown, invoked: Invoked): Promise<readonly string[]> {
    const done = await this.invoke(tableWritten(event).items, invoked);
    return done.kind === 'done' ? [] : done.written.map(({ sequenceNumber }) => sequenceNumber);
  }

  /** FollowBucket. @returns the messages that its queue hands over again */
  async hearQueue(event: unknown, invoked: Invoked): Promise<readonly string[]> {
    const told = queueTold(event);
    if (told === undefined) throw new TypeError('this is no event of a queue');
    return followObjects(told, followedBuckets([this.#options.job]), {
      follow: async (followed, written) => {
        const done = await this.#follow(written, followed, invoked);
        return done.kind === 'done' ? [] : done.written;
      },
      failed: () => undefined,
    });
  }

  async #follow<Of extends RecordWritten>(
    written: readonly Of[],
    followed: FollowedStore,
    { memory, ...invoked }: Invoked,
  ): Promise<Followed<Of>> {
    const ends: (() => Promise<unknown>)[] = [];
    const { follow = ports => ports, answersEarly } = this.#options.bug;
    const working = followStore(written, followed, { ...follow(this.#ports(invoked, ends)), memory });
    const work = working.finally(async () => {
      for (const end of ends) await end();
    });
    if (answersEarly !== true) return work;
    work.catch(() => undefined);
    return { kind: 'done' };
  }

  #ports({ party, remaining, idle }: Omit<Invoked, 'memory'>, ends: (() => Promise<unknown>)[]): FollowPorts {
    const clients = new AwsClients(this.#wire.configOf(party));
    const files = new S3RunFiles(clients.s3(), RUNS);
    const history = new LedgerHistory(clients.dynamodb(), LEDGER);
    const ledger = new DynamoDbLedger(clients.dynamodb(), LEDGER);
    return {
      ...{ locks: new LedgerStoreLocks(clients.dynamodb(), LEDGER), latestRuns: history, history },
      book: new LedgerFollowBook(clients.dynamodb(), LEDGER),
      telemetry: { ...UNTOLD, ...(idle !== undefined && { idle }) },
      ...{ clock: { now: () => Date.now() }, id: party.name },
      plan: runId => files.findPlan(runId),
      control: runId => ledger.readControl(runId),
      writePlan: (plan, units) => files.writePlan(plan, units),
      scopeOf: (unit, plan) => unitScope(unit, plan, formats),
      open: scope => this.#open(scope, { party, clients, remaining, ends }),
    };
  }

  async #open(
    { plan, unit, store, format }: UnitScope,
    {
      party,
      clients,
      remaining,
      ends,
    }: Omit<Invoked, 'memory' | 'idle'> & { readonly clients: AwsClients } & {
      readonly ends: (() => Promise<unknown>)[];
    },
  ): Promise<MovePorts> {
    const clock = { now: () => Date.now() };
    const deadline = { remaining };
    const capacities = new TableCapacities(
      { ...plan, phase: 'migrate' },
      { ...clock, sleep: ms => sleep(ms), deadline },
    );
    const records = await openStore(store, {
      ...{ clients, region: plan.storeRegion, ...needsOf(format), deadline, capacities },
      ...(this.#options.schedule.batches && { batchesRefused: () => undefined }),
    });
    const shares = new WorkerShare(
      kmsRegions(plan, 'migrate'),
      {
        ...{ runId: plan.runId, work: `migrate#${unit.unitId}#${party.name}` },
        ...{ holder: party.name, workers: INVOCATIONS },
      },
      {
        ...{ book: new LedgerShareBook(clients.dynamodb(), LEDGER), clock, deadline, recent: () => 0 },
        ...{ sleep: ms => sleep(ms), random: () => Math.random() },
      },
    );
    ends.push(() => shares.giveBack().catch(() => undefined));
    return {
      records: new PatientRecords(records, storeName(store), {
        ...{ clock, deadline, random: () => Math.random() },
        wait: ms => sleep(ms),
      }),
      keys: new KmsKeyService(new KmsChannel(this.#wire.configOf(party))),
      journal: new S3Journal(clients.s3(), { bucket: JOURNAL, job: plan.job }),
      share: () => shares.take(plan.limits.kmsRequestsPerSecond),
    };
  }
}

export const FOLLOW_TIMEOUT_MS = FOLLOW_TIMEOUT_SECONDS * 1000;
