import { S3Journal } from '../adapters/journal/journal.ts';
import { KmsKeyService } from '../adapters/kms/key-service.ts';
import { migrateUnit } from '../core/migrate-unit.ts';
import { ENV, requireEnv } from './env.ts';
import { worker } from './worker.ts';

/** State MigrateUnit: works on a unit until it is done or time is nearly up; the state machine calls it again. */
export const handler = worker({ service: 'migrate-unit', phase: 'migrate' }, (scope, ports, { kms, s3 }) => {
  const journal = new S3Journal(s3, { bucket: requireEnv(ENV.journalBucket), job: scope.plan.job });
  return migrateUnit(scope, { ...ports, keys: new KmsKeyService(kms), journal });
});
