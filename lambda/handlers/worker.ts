import type { Context } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClients } from '../adapters/aws/clients.ts';
import { tellingFailures, waitingOutDenials } from '../adapters/aws/failure.ts';
import { sessionName, type RoleSession } from '../adapters/aws/role-session.ts';
import { KmsChannel } from '../adapters/kms/channel.ts';
import { DynamoDbLedger } from '../adapters/state/ledger.ts';
import { TableCapacities } from '../adapters/records/table-capacities.ts';
import { PatientRecords } from '../adapters/records/patient-records.ts';
import { openStore } from '../adapters/stores/registry.ts';
import { S3RunFiles } from '../adapters/run/files.ts';
import { LedgerShareBook } from '../adapters/state/share-book.ts';
import { PowertoolsTelemetry } from '../adapters/run/telemetry.ts';
import { denialsMayPass } from '../core/account/alias-lag.ts';
import { keepMoving } from '../core/account/keep-moving.ts';
import { inRound, type UnitAnswer, type UnitInRound } from '../core/account/rounds.ts';
import type { UnitProgress } from '../core/model/books.ts';
import { capacityOf, storeName } from '../core/stores/places.ts';
import { needsOf } from '../core/model/format.ts';
import type { Phase, Unit } from '../core/model/run.ts';
import type { RunPlan } from '../core/model/run-plan.ts';
import { SharedQuota } from '../core/rate/shared-quota.ts';
import { kmsRegions, WorkerShare, withShare } from '../core/rate/worker-share.ts';
import type { Deadline } from '../core/ports.ts';
import { unitScope, type UnitScope } from '../core/scan/unit-scope.ts';
import type { VerifyPorts } from '../core/verify/verify-unit.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

const clients = new AwsClients();
const s3 = clients.s3();
const files = new S3RunFiles(s3, requireEnv(ENV.runBucket));
const table = requireEnv(ENV.ledgerTable);
const ledger = new DynamoDbLedger(clients.dynamodb(), table);
const book = new LedgerShareBook(clients.dynamodb(), table);
/** Units may be short, and what one invocation has learned of KMS's quota is still true for the next one. */
const quota = new SharedQuota();

interface Tools {
  readonly kms: KmsChannel;
  readonly s3: typeof s3;
}

type Work = (
  scope: UnitScope,
  ports: Omit<VerifyPorts, 'archive' | 'keys'>,
  tools: Tools,
) => Promise<UnitProgress>;

/** What all workers have in common: the unit's scope, and every port except the journal and KMS. */
export function worker(
  { service, phase }: { readonly service: string; readonly phase: Phase },
  work: Work,
): (unit: UnitInRound, context: Context) => Promise<UnitAnswer> {
  const run = async (unit: Unit, context: Context): Promise<UnitProgress> => {
    const scope = unitScope(unit, await files.readPlan(unit.runId), formats);
    const { job, storeRegion: region, grantTokens } = scope.plan;
    const time = { deadline: deadlineOf(context), clock };
    const { deadline } = time;
    const capacities = capacitiesFor(scope, phase, deadline);
    const mayPass = () => denialsMayPass(scope.plan, clock.now());
    const kms = new KmsChannel({ grantTokens, quota, denialsMayPass: mayPass });
    const shares = sharesFor(scope, { phase, context, capacities, recent: () => kms.recentRequests() });
    const telemetry = new PowertoolsTelemetry({ service, job, runId: unit.runId });
    const name = storeName(scope.store);
    const batchesRefused = (why: string) => telemetry.batchesRefused(name, why);
    const held = { deadline, capacities, batchesRefused, session: sessionFor(scope.plan, phase) };
    const records = await openStore(scope.store, { clients, region, ...needsOf(scope.format), ...held });
    const waiting = { ...time, wait: (ms: number) => sleep(ms), random: Math.random };
    const ports = {
      ...{ random: waiting.random, wait: waiting.wait },
      records: new PatientRecords(records, name, waiting),
      ...{ ledger, shares, capacity: capacities, telemetry },
      ...time,
    };
    const working = () =>
      waitingOutDenials(mayPass, () =>
        work(scope, ports, { kms, s3 }).finally(() => {
          kms.close();
          capacities.close();
        }),
      );
    return withShare(shares, () => keepMoving(unit, phase, ledger, working));
  };
  return ({ round, ...unit }, context) =>
    tellingFailures(unit.runId, ledger, () =>
      inRound({ ...unit, ...(round !== undefined && { round }) }, clock, () => run(unit, context)),
    );
}

/** A role of another account is for all phases. The verify pass, and a census, take no more of it than they need. */
function sessionFor({ runId, mode }: Pick<RunPlan, 'runId' | 'mode'>, phase: Phase): RoleSession {
  const reads = phase === 'verify' || mode === 'census';
  return { name: sessionName(runId), access: reads ? 'read' : 'write' };
}

const clock = { now: () => Date.now() };

function capacitiesFor({ plan }: UnitScope, phase: Phase, deadline: Deadline): TableCapacities {
  return new TableCapacities({ ...plan, phase }, { now: clock.now, sleep: ms => sleep(ms), deadline });
}

function deadlineOf(context: Context): Deadline {
  return { remaining: () => context.getRemainingTimeInMillis() };
}

interface Sharing {
  readonly phase: Phase;
  readonly context: Context;
  readonly capacities: TableCapacities;
  readonly recent: () => number;
}

function sharesFor(
  { unit, plan, store }: UnitScope,
  { phase, context, capacities, recent }: Sharing,
): WorkerShare {
  const { runId, unitId } = unit;
  const holder = context.awsRequestId;
  const tables = capacities.shared(capacityOf(store, plan.storeRegion));
  return new WorkerShare(
    [...kmsRegions(plan, phase), ...tables],
    { runId, work: `${phase}#${unitId}`, holder, workers: plan.workers },
    {
      ...{ book, clock, recent, deadline: deadlineOf(context) },
      ...{ sleep: (ms: number) => sleep(ms), random: () => Math.random() },
    },
  );
}
