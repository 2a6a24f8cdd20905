import type { Context } from 'aws-lambda';
import { AwsClients } from '../adapters/aws-clients.ts';
import { tellingFailures } from '../adapters/aws-failure.ts';
import { KmsChannel } from '../adapters/kms-channel.ts';
import { DynamoDbLedger } from '../adapters/ledger.ts';
import { openStore } from '../adapters/record-store.ts';
import { S3RunFiles } from '../adapters/run-files.ts';
import { PowertoolsTelemetry } from '../adapters/telemetry.ts';
import type { UnitProgress } from '../core/model/books.ts';
import type { Unit } from '../core/model/run.ts';
import { unitScope, type UnitScope } from '../core/scan/unit-scope.ts';
import type { VerifyPorts } from '../core/verify/verify-unit.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

const clients = new AwsClients();
const s3 = clients.s3();
const files = new S3RunFiles(s3, requireEnv(ENV.runBucket));
const ledger = new DynamoDbLedger(clients.dynamodb(), requireEnv(ENV.ledgerTable));

interface Tools {
  readonly kms: KmsChannel;
  readonly s3: typeof s3;
}

type Work = (
  scope: UnitScope,
  ports: Omit<VerifyPorts, 'archive' | 'keys'>,
  tools: Tools,
) => Promise<UnitProgress>;

/** What all workers have in common: the unit's scope, and every port but the journal's and the one that KMS is. */
export function worker(service: string, work: Work): (unit: Unit, context: Context) => Promise<UnitProgress> {
  const run = async (unit: Unit, context: Context): Promise<UnitProgress> => {
    const scope = unitScope(unit, await files.readPlan(unit.runId), formats);
    const { job, storeRegion: region, grantTokens } = scope.plan;
    const ports = {
      records: await openStore(scope.store, { clients, region, tags: scope.format.needsTags }),
      ledger,
      telemetry: new PowertoolsTelemetry({ service, job, runId: unit.runId }),
      deadline: { remaining: () => context.getRemainingTimeInMillis() },
      clock: { now: () => Date.now() },
    };
    return work(scope, ports, { kms: new KmsChannel({ grantTokens }), s3 });
  };
  return (unit, context) => tellingFailures(unit.runId, ledger, () => run(unit, context));
}
