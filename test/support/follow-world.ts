import { followStore, type Followed, type FollowMemory } from '../../lambda/core/follow/follow-store.ts';
import type { FollowPorts } from '../../lambda/core/follow/ports.ts';
import { tableWritten, type ItemWritten } from '../../lambda/core/follow/stream-event.ts';
import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import { followedTables } from '../../lambda/core/job/followed-stores.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, job, plan } from './builders.ts';
import { FakeKms } from './fake-kms.ts';
import { FakeLocks } from './fake-locks.ts';
import { FakeJournal, FakeTable } from './fake-ports.ts';

export const STREAM = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/2026-01-01T00:00:00.000';
export const RESOURCE = 'dynamodb:us-east-1:Orders';

/** A table, its follower, and a migration that has come to its end, in memory. */
export class FollowWorld {
  readonly records = new FakeTable();
  readonly keys = new FakeKms();
  readonly journal = new FakeJournal();
  readonly locks = new FakeLocks();
  readonly job: Job = job({ follow: { streams: [STREAM], untilQuietDays: 14 } });
  readonly plans = new Map<string, RunPlan>();
  readonly late: string[] = [];
  readonly idle: string[] = [];
  /** When writes were left as they were. */
  readonly left: number[] = [];
  now = Date.parse('2026-12-01T00:00:00.000Z');
  rolledBackAt: string | undefined;
  share: number | undefined = 100;
  /** Whether the run at work has noted that its verify pass is about to read. */
  verifying = false;
  /** Until when a worker of that run may be writing; `undefined` if none has begun. */
  leaseUntil: number | undefined = Infinity;
  /** What lies between the follower and all this. */
  through: (ports: FollowPorts) => FollowPorts = ports => ports;
  #memory: FollowMemory = {};

  constructor() {
    this.plans.set('m', plan({ runId: 'm', jobDigest: jobDigest(this.job) }));
  }

  /** As an application writes. */
  put(id: string, keyArn: string, attributes: object = {}): void {
    const edk = { B: this.keys.encrypt(keyArn, id, { tenant: 't' }) };
    this.records.put(item(id, { tenant: { S: 't' }, edk, ...attributes }));
  }

  keyOf(id: string): string | undefined {
    const held = this.records.items.get(item(id, {}).locator)?.attributes['edk'];
    return held !== undefined && 'B' in held ? this.keys.decrypt(held.B, { tenant: 't' })?.keyArn : undefined;
  }

  /** Hands the follower what a stream tells of writes to these items. */
  hear(...ids: readonly string[]): Promise<Followed<ItemWritten>> {
    const Records = ids.map((id, at) => ({
      ...{ eventName: 'MODIFY', eventSourceARN: STREAM, eventVersion: '1.1' },
      dynamodb: { SequenceNumber: String(at), Keys: { id: { S: id } }, StreamViewType: 'KEYS_ONLY' },
    }));
    const [followed] = followedTables([this.job]);
    return followStore(tableWritten({ Records }).items, followed!, {
      ...this.through(this.#ports()),
      memory: this.#memory,
    });
  }

  /** Another sandbox of the function. */
  forget(): void {
    this.#memory = {};
  }

  #ports(): FollowPorts {
    const { records, keys, journal, locks } = this;
    return {
      ...{ locks: locks.followers, clock: { now: () => this.now }, id: 'invocation' },
      latestRuns: {
        latest: (_, mode) =>
          Promise.resolve({
            ...{ runId: mode, workDigest: '', finished: true },
            ...(mode === 'rollback'
              ? this.rolledBackAt !== undefined && { startedAt: this.rolledBackAt }
              : { lastFinished: { runId: 'm', startedAt: '', jobDigest: '' } }),
          }),
      },
      history: {
        lastMigration: () => Promise.resolve({ runId: 'm', sourceKeyArns: [], destinationKeyArn: '' }),
        proofsOf: async function* () {},
      },
      book: {
        state: () => Promise.resolve({ late: {} }),
        deployed: () => Promise.resolve({ late: {} }),
        saw: (_, late) => Promise.resolve(void this.late.push(...[...late].map(one => one.join(' ')))),
        looked: () => Promise.resolve(),
        left: (_, at) => Promise.resolve(void this.left.push(at)),
        ...{ end: () => Promise.resolve(), withdraw: () => Promise.resolve(), all: async function* () {} },
      },
      plan: runId => Promise.resolve(this.plans.get(runId)),
      control: () =>
        Promise.resolve({
          ...(this.verifying && { verifying: true }),
          ...(this.leaseUntil !== undefined && { leaseUntil: this.leaseUntil }),
        }),
      writePlan: of => Promise.resolve(this.plans.set(of.runId, of)),
      scopeOf: (unit, of) => unitScope(unit, of, formats),
      open: () => Promise.resolve({ records, keys, journal, share: () => Promise.resolve(this.share) }),
      telemetry: {
        dataKey: () => undefined,
        late: () => undefined,
        idle: why => void this.idle.push(why),
      },
    };
  }
}
