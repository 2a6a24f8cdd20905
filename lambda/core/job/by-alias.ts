import { parseKeyReference } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import { keysOf } from '../routes/registry.ts';

/** Whether a job names any key by an alias, its stores' own keys included. */
export function namesAliases(job: Job): boolean {
  const ofStores = job.stores.flatMap(({ serverSideEncryptionKey, copyTo }) => [
    serverSideEncryptionKey,
    copyTo?.serverSideEncryptionKey,
  ]);
  return [...keysOf(job), ...ofStores].some(
    reference => reference !== undefined && parseKeyReference(reference)?.kind === 'alias',
  );
}
