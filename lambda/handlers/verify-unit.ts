import { S3Journal, S3OutcomeArchive } from '../adapters/journal/journal.ts';
import { KmsKeyService } from '../adapters/kms/key-service.ts';
import { verifyUnit } from '../core/verify/verify-unit.ts';
import { ENV, requireEnv } from './env.ts';
import { worker } from './worker.ts';

/**
 * State VerifyUnit: reads every record of a unit again, and asks KMS about what the journal does not prove, under a role that may use the
 * destination key only.
 */
export const handler = worker({ service: 'verify-unit', phase: 'verify' }, (scope, ports, { kms, s3 }) => {
  const place = { bucket: requireEnv(ENV.journalBucket), job: scope.plan.job };
  const archive = new S3OutcomeArchive(s3, {
    ...place,
    damaged: (name, reason) => ports.telemetry.damagedJournal(name, reason),
    unknownSchema: (name, schema) => ports.telemetry.unknownJournal(name, schema),
  });
  const unproven = new S3Journal(s3, place);
  return verifyUnit(scope, { ...ports, keys: new KmsKeyService(kms), archive, unproven });
});
