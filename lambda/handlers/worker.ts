import type { Context } from 'aws-lambda';
import { KmsKeyService } from '../adapters/kms.ts';
import { DynamoDbLedger } from '../adapters/ledger.ts';
import { dynamoDbClient, openStore, s3Client } from '../adapters/record-store.ts';
import { S3RunFiles } from '../adapters/run-files.ts';
import { PowertoolsTelemetry } from '../adapters/telemetry.ts';
import { announceBrokenPremise } from '../core/account/run-control.ts';
import type { UnitProgress } from '../core/model/books.ts';
import type { Unit } from '../core/model/run.ts';
import { unitScope, type UnitScope } from '../core/scan/unit-scope.ts';
import type { VerifyPorts } from '../core/verify/verify-unit.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

const clients = { dynamodb: dynamoDbClient(), s3: s3Client() };
const files = new S3RunFiles(clients.s3, requireEnv(ENV.runBucket));
const ledger = new DynamoDbLedger(clients.dynamodb, requireEnv(ENV.ledgerTable));

type Work = (
  scope: UnitScope,
  ports: Omit<VerifyPorts, 'archive'>,
  s3: typeof clients.s3,
) => Promise<UnitProgress>;

/** What the workers of both passes have in common: the unit's scope, and every port but the journal's. */
export function worker(service: string, work: Work): (unit: Unit, context: Context) => Promise<UnitProgress> {
  return (unit, context) =>
    announceBrokenPremise(unit.runId, ledger, async () => {
      const scope = unitScope(unit, await files.readPlan(unit.runId), formats);
      const ports = {
        records: await openStore(scope.store, clients),
        keys: new KmsKeyService(),
        ledger,
        telemetry: new PowertoolsTelemetry({ service, job: scope.plan.job, runId: unit.runId }),
        deadline: { remaining: () => context.getRemainingTimeInMillis() },
        clock: { now: () => Date.now() },
      };
      return work(scope, ports, clients.s3);
    });
}
