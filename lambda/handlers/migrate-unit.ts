import type { Context } from 'aws-lambda';
import { S3Journal } from '../adapters/journal.ts';
import { KmsKeyService } from '../adapters/kms.ts';
import { DynamoDbLedger } from '../adapters/ledger.ts';
import { dynamoDbClient, openStore, s3Client } from '../adapters/record-store.ts';
import { S3RunFiles } from '../adapters/run-files.ts';
import { PowertoolsTelemetry } from '../adapters/telemetry.ts';
import { announceBrokenPremise } from '../core/account/run-control.ts';
import { migrateUnit } from '../core/migrate-unit.ts';
import type { UnitProgress } from '../core/model/books.ts';
import type { Unit } from '../core/model/run.ts';
import { unitScope } from '../core/scan/unit-scope.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

const clients = { dynamodb: dynamoDbClient(), s3: s3Client() };
const files = new S3RunFiles(clients.s3, requireEnv(ENV.runBucket));
const ledger = new DynamoDbLedger(clients.dynamodb, requireEnv(ENV.ledgerTable));

/** State MigrateUnit: works through a unit until it is done or the time is nearly spent; the state machine loops. */
export async function handler(unit: Unit, context: Context): Promise<UnitProgress> {
  return announceBrokenPremise(unit.runId, ledger, async () => {
    const plan = await files.readPlan(unit.runId);
    const scope = unitScope(unit, plan, formats);
    return migrateUnit(scope, {
      records: await openStore(scope.store, clients),
      keys: new KmsKeyService(),
      journal: new S3Journal(clients.s3, { bucket: requireEnv(ENV.journalBucket), job: plan.job }),
      ledger,
      telemetry: new PowertoolsTelemetry({ service: 'migrate-unit', job: plan.job, runId: unit.runId }),
      deadline: { remaining: () => context.getRemainingTimeInMillis() },
      clock: { now: () => Date.now() },
    });
  });
}
