import { S3Journal } from '../adapters/journal/journal.ts';
import { PlaintextKeyService } from '../adapters/kms/plaintext-key-service.ts';
import { migrateUnit } from '../core/migrate-unit.ts';
import { ENV, requireEnv } from './env.ts';
import { worker } from './worker.ts';

/** State MigrateUnitPlaintext: MigrateUnit for plaintext routes, if the deployment allows them. */
export const handler = worker(
  { service: 'migrate-unit-plaintext', phase: 'migrate' },
  (scope, ports, { kms, s3 }) => {
    const journal = new S3Journal(s3, { bucket: requireEnv(ENV.journalBucket), job: scope.plan.job });
    return migrateUnit(scope, { ...ports, keys: new PlaintextKeyService(kms), journal });
  },
);
