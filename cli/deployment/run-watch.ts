import { isDenied } from '../../lambda/adapters/aws/errors.ts';
import type { Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import { Executions, type ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { lockPorts } from '../../lambda/adapters/run/lock-ports.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import { storeName } from '../../lambda/core/stores/places.ts';
import type { RunControl } from '../../lambda/core/ports.ts';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { placeText, standingOf, type Holder, type Standing } from '../../lambda/core/lock/store-lock.ts';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { addBooks, EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import type { Books, UnitProgress } from '../../lambda/core/model/books.ts';
import type { Phase } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { usesOf, type RegionUse } from '../../lambda/core/rate/region-use.ts';
import type { CapacityLimit } from '../../lambda/core/rate/run-capacity.ts';
import { runRate, type RunRate } from '../../lambda/core/rate/run-rate.ts';
import { followers, type FollowerStatus } from './followers.ts';

export interface PhaseProgress {
  readonly phase: Phase;
  readonly unitsDone: number;
  readonly units: number;
  readonly books: Books;
  /** In the order of the plan. */
  readonly stores: readonly StoreProgress[];
}

export interface StoreProgress {
  readonly store: string;
  readonly unitsDone: number;
  readonly units: number;
  readonly records: number;
  readonly dataKeys: number;
}

/** What a run that has not ended is about. */
export interface Activity {
  /** `paused`: by an operator. `stopping`: by one, or because a premise does not hold; each worker finishes its page. */
  readonly kind: 'running' | 'paused' | 'stopping';
  /** Why it stops, or the last error that a retry may solve. */
  readonly words?: string;
}

/** One look at a run under way. */
export interface Look {
  readonly plan: RunPlan;
  readonly progress: readonly PhaseProgress[];
  readonly activity: Activity;
  /** KMS requests a second. */
  readonly rate: RunRate;
}

/** A table, or a part of a bucket, with the run that works on it. */
export interface HeldStore extends Holder {
  readonly store: string;
  readonly standing: Standing;
}

/** The CLI's view of a deployment: executions, checkpoints and files of its runs. */
export class RunWatch {
  readonly executions: Executions;
  readonly files: S3RunFiles;
  readonly #ledger: DynamoDbLedger;
  readonly #locks: LedgerStoreLocks;
  readonly #shares: LedgerShareBook;
  readonly #follows: LedgerFollowBook;
  readonly #history: LedgerHistory;

  constructor(deployment: Deployment, config: ClientConfig) {
    this.executions = new Executions(deployment.stateMachineArn, config);
    const clients = new AwsClients(config);
    this.files = new S3RunFiles(clients.s3(), deployment.runBucket);
    this.#ledger = new DynamoDbLedger(clients.dynamodb(), deployment.ledgerTable);
    this.#locks = new LedgerStoreLocks(clients.dynamodb(), deployment.ledgerTable);
    this.#shares = new LedgerShareBook(clients.dynamodb(), deployment.ledgerTable);
    this.#follows = new LedgerFollowBook(clients.dynamodb(), deployment.ledgerTable);
    this.#history = new LedgerHistory(clients.dynamodb(), deployment.ledgerTable);
  }

  /** Who holds which table or bucket. */
  async heldStores(): Promise<readonly HeldStore[]> {
    const { lifeOf } = lockPorts({ locks: this.#locks, ledger: this.#ledger, executions: this.executions });
    const held: HeldStore[] = [];
    for await (const { resource, holders } of this.#locks.held())
      for (const holder of holders) {
        const anybody = { now: Date.now(), sourceKeyArns: [] };
        const standing = standingOf(holder, await lifeOf(holder.runId), anybody);
        held.push({ ...holder, store: placeText({ resource, prefix: holder.prefix }), standing });
      }
    return held;
  }

  /** What follows tables. */
  followers(): Promise<readonly FollowerStatus[]> {
    return followers({ book: this.#follows, latestRuns: this.#history, now: Date.now() });
  }

  /** The sums of all checkpoints, for each pass. */
  async progress(plan: RunPlan): Promise<readonly PhaseProgress[]> {
    const phases = new Map<Phase, PhaseSum>();
    for await (const unit of this.#ledger.units(plan.runId))
      phases.set(unit.phase, add(phases.get(unit.phase), unit));
    return [...phases].map(([phase, { unitsDone, books, stores }]) => ({
      phase,
      unitsDone,
      units: plan.units,
      books,
      stores: plan.stores.map((store, index) => ({
        store: storeName(store),
        units: plan.unitsPerStore[index] ?? 0,
        ...(stores.get(index) ?? NOTHING_YET),
      })),
    }));
  }

  /** What a run is doing, and why. */
  async activity(runId: string): Promise<Activity> {
    return activityOf(await this.#control(runId));
  }

  /** Who may not read it, as with the permissions of earlier versions, sees the run all the same. */
  async #control(runId: string): Promise<RunControl> {
    try {
      return await this.#ledger.readControl(runId);
    } catch (error) {
      if (isDenied(error)) return {};
      throw error;
    }
  }

  async #look(plan: RunPlan): Promise<Look> {
    const control = await this.#control(plan.runId);
    const progress = await this.progress(plan);
    return { plan, progress, activity: activityOf(control), rate: runRate(control, plan) };
  }

  /** Workers stop at their next page, and the run ends as failed, with a report of what was done. */
  async stop(runId: string): Promise<void> {
    await this.#ledger.breakPremise(runId, 'stopped by an operator (rewrap stop)');
  }

  async pause(runId: string, paused: boolean): Promise<void> {
    await this.#ledger.pause(runId, paused);
  }

  /** The current KMS rate of the run. */
  async rate(plan: RunPlan): Promise<RunRate> {
    return runRate(await this.#ledger.readControl(plan.runId), plan);
  }

  async setRate(runId: string, requestsPerSecond: number): Promise<void> {
    await this.#ledger.setRate(runId, requestsPerSecond);
  }

  async setCapacity(runId: string, limit: CapacityLimit, unitsPerSecond: number): Promise<void> {
    await this.#ledger.setCapacity(runId, limit, unitsPerSecond);
  }

  /** Who is using KMS in the Regions of a run. */
  async useOfKms(plan: RunPlan): Promise<readonly RegionUse[]> {
    return usesOf(plan, this.#shares, Date.now());
  }

  /** The run's plan, once Plan has written it. */
  async plan(runId: string): Promise<RunPlan | undefined> {
    return this.files.readPlan(runId).catch(() => undefined);
  }

  /** Looks at a run again and again. */
  looking(runId: string, onProgress: (look: Look) => void): () => Promise<ExecutionStatus | undefined> {
    let plan: RunPlan | undefined;
    return async () => {
      const status = await this.executions.status(runId);
      if (status?.state !== 'running') return status;
      plan ??= await this.plan(runId);
      if (plan !== undefined) onProgress(await this.#look(plan));
      return status;
    };
  }
}

interface PhaseSum {
  readonly unitsDone: number;
  readonly books: Books;
  readonly stores: ReadonlyMap<number, typeof NOTHING_YET>;
}

const NOTHING_YET: Omit<StoreProgress, 'store' | 'units'> = { unitsDone: 0, records: 0, dataKeys: 0 };

function add(sum: PhaseSum | undefined, { store, done, books }: UnitProgress): PhaseSum {
  const before: PhaseSum = sum ?? { unitsDone: 0, books: EMPTY_BOOKS, stores: new Map() };
  const { unitsDone, records, dataKeys } = before.stores.get(store) ?? NOTHING_YET;
  const ended = done ? 1 : 0;
  const own = {
    unitsDone: unitsDone + ended,
    records: records + books.records,
    dataKeys: dataKeys + books.dataKeys,
  };
  return {
    unitsDone: before.unitsDone + ended,
    books: addBooks(before.books, books),
    stores: new Map([...before.stores, [store, own]]),
  };
}

function activityOf({ brokenPremise, paused, trouble }: RunControl): Activity {
  if (brokenPremise !== undefined) return { kind: 'stopping', words: brokenPremise };
  const words = trouble === undefined ? {} : { words: trouble };
  return { kind: paused === true ? 'paused' : 'running', ...words };
}
