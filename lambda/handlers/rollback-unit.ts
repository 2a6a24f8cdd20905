import { S3IntentArchive } from '../adapters/journal/intent-archive.ts';
import { S3Journal } from '../adapters/journal/journal.ts';
import { rollbackUnit } from '../core/rollback/rollback-unit.ts';
import { ENV, requireEnv } from './env.ts';
import { worker } from './worker.ts';

/** State RollbackUnit: puts back what a run has replaced in a unit, from the journal alone. It may not use any key. */
export const handler = worker({ service: 'rollback-unit', phase: 'rollback' }, (scope, ports, { s3 }) => {
  const place = { bucket: requireEnv(ENV.journalBucket), job: scope.plan.job };
  const [archive, journal] = [new S3IntentArchive(s3, place), new S3Journal(s3, place)];
  return rollbackUnit(scope, { ...ports, archive, journal });
});
