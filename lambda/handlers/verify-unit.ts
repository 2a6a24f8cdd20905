import type { Context } from 'aws-lambda';
import { S3OutcomeArchive } from '../adapters/journal.ts';
import { KmsKeyService } from '../adapters/kms.ts';
import { DynamoDbLedger } from '../adapters/ledger.ts';
import { dynamoDbClient, openStore, s3Client } from '../adapters/record-store.ts';
import { S3RunFiles } from '../adapters/run-files.ts';
import { PowertoolsTelemetry } from '../adapters/telemetry.ts';
import { announceBrokenPremise } from '../core/account/run-control.ts';
import type { UnitProgress } from '../core/model/books.ts';
import type { Unit } from '../core/model/run.ts';
import { unitScope } from '../core/scan/unit-scope.ts';
import { verifyUnit } from '../core/verify/verify-unit.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

const clients = { dynamodb: dynamoDbClient(), s3: s3Client() };
const files = new S3RunFiles(clients.s3, requireEnv(ENV.runBucket));
const ledger = new DynamoDbLedger(clients.dynamodb, requireEnv(ENV.ledgerTable));

/** State VerifyUnit: asks every data key of a unit again, under a role that may use the destination key only. */
export async function handler(unit: Unit, context: Context): Promise<UnitProgress> {
  return announceBrokenPremise(unit.runId, ledger, async () => {
    const plan = await files.readPlan(unit.runId);
    const scope = unitScope(unit, plan, formats);
    return verifyUnit(scope, {
      records: await openStore(scope.store, clients),
      keys: new KmsKeyService(),
      archive: new S3OutcomeArchive(clients.s3, { bucket: requireEnv(ENV.journalBucket), job: plan.job }),
      ledger,
      telemetry: new PowertoolsTelemetry({ service: 'verify-unit', job: plan.job, runId: unit.runId }),
      deadline: { remaining: () => context.getRemainingTimeInMillis() },
      clock: { now: () => Date.now() },
    });
  });
}
