import type { Context } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsClients } from '../adapters/aws/clients.ts';
import { S3Journal } from '../adapters/journal/journal.ts';
import { KmsChannel } from '../adapters/kms/channel.ts';
import { KmsKeyService } from '../adapters/kms/key-service.ts';
import type { FollowerLog } from '../adapters/run/follow-telemetry.ts';
import { PatientRecords } from '../adapters/records/patient-records.ts';
import { TableCapacities } from '../adapters/records/table-capacities.ts';
import type { LedgerShareBook } from '../adapters/state/share-book.ts';
import { openStore } from '../adapters/stores/registry.ts';
import type { MovePorts } from '../core/follow/ports.ts';
import { needsOf } from '../core/model/format.ts';
import type { SharedQuota } from '../core/rate/shared-quota.ts';
import { kmsRegions, WorkerShare } from '../core/rate/worker-share.ts';
import type { UnitScope } from '../core/scan/unit-scope.ts';
import { capacityOf, storeName } from '../core/stores/places.ts';
import { ENV, requireEnv } from './env.ts';

/**
 * How many invocations may be there at a time, one for each shard of a stream. Each begins with that part of the rate, so that the
 * next one does not wait for what one that was killed has left.
 */
const INVOCATIONS = 8;

/** What lasts longer than an invocation. */
interface Lasting {
  readonly clients: AwsClients;
  readonly s3: ReturnType<AwsClients['s3']>;
  readonly shareBook: LedgerShareBook;
  readonly quota: SharedQuota;
}

interface Invoked {
  readonly context: Context;
  readonly telemetry: Pick<FollowerLog, 'batchesRefused'>;
}

const clock = { now: () => Date.now() };
const waiting = { wait: (ms: number) => sleep(ms), random: () => Math.random() };

/** The store, KMS and the journal for one invocation, and its share of the rate that all runs have. */
export class FollowerTools {
  readonly #lasting: Lasting;
  readonly #context: Context;
  readonly #telemetry: Invoked['telemetry'];
  readonly #ends: (() => unknown)[] = [];

  constructor(lasting: Lasting, { context, telemetry }: Invoked) {
    this.#lasting = lasting;
    this.#context = context;
    this.#telemetry = telemetry;
  }

  async open(scope: UnitScope): Promise<MovePorts> {
    const { plan, store, format } = scope;
    const { clients, s3, quota } = this.#lasting;
    const deadline = { remaining: () => this.#context.getRemainingTimeInMillis() };
    const pace = { ...clock, sleep: waiting.wait, deadline };
    const capacities = new TableCapacities({ ...plan, phase: 'migrate' }, pace);
    const name = storeName(store);
    const records = await openStore(store, {
      ...{ clients, region: plan.storeRegion, ...needsOf(format), deadline, capacities },
      batchesRefused: why => this.#telemetry.batchesRefused(name, why),
    });
    const kms = new KmsChannel({ grantTokens: plan.grantTokens, quota });
    const shares = this.#shares(scope, { kms, capacities });
    this.#ends.push(
      () => kms.close(),
      () => capacities.close(),
      () => shares.giveBack().catch(() => undefined),
    );
    return {
      records: new PatientRecords(records, name, { clock, deadline, ...waiting }),
      keys: new KmsKeyService(kms),
      journal: new S3Journal(s3, { bucket: requireEnv(ENV.journalBucket), job: plan.job }),
      share: () => shares.take(plan.limits.kmsRequestsPerSecond),
    };
  }

  /** Lambda would freeze what is still waiting with the process. */
  async close(): Promise<void> {
    for (const end of this.#ends) await end();
  }

  #shares(
    { plan, unit, store }: UnitScope,
    { kms, capacities }: { readonly kms: KmsChannel; readonly capacities: TableCapacities },
  ): WorkerShare {
    const tables = capacities.shared(capacityOf(store, plan.storeRegion));
    const holder = this.#context.awsRequestId;
    return new WorkerShare(
      [...kmsRegions(plan, 'migrate'), ...tables],
      { runId: plan.runId, work: `migrate#${unit.unitId}#${holder}`, holder, workers: INVOCATIONS },
      {
        ...{ book: this.#lasting.shareBook, clock, recent: () => kms.recentRequests() },
        deadline: { remaining: () => this.#context.getRemainingTimeInMillis() },
        ...{ sleep: waiting.wait, random: waiting.random },
      },
    );
  }
}
