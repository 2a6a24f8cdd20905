import { S3Journal, S3OutcomeArchive } from '../adapters/journal/journal.ts';
import { KmsKeyService } from '../adapters/kms/key-service.ts';
import { migrateUnit } from '../core/migrate-unit.ts';
import { ENV, requireEnv } from './env.ts';
import { worker } from './worker.ts';

/**
 * State MigrateUnit: works on a unit until it is done or time is nearly up; the state machine calls it again. It reads what an
 * earlier run has proven, and no intents.
 */
export const handler = worker({ service: 'migrate-unit', phase: 'migrate' }, (scope, ports, { kms, s3 }) => {
  const place = { bucket: requireEnv(ENV.journalBucket), job: scope.plan.job };
  const outcomes = new S3OutcomeArchive(s3, {
    ...place,
    damaged: (name, reason) => ports.telemetry.damagedJournal(name, reason),
    unknownSchema: (name, schema) => ports.telemetry.unknownJournal(name, schema),
  });
  const journal = new S3Journal(s3, place);
  return migrateUnit(scope, { ...ports, keys: new KmsKeyService(kms), journal, outcomes });
});
