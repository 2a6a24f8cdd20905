import type { Job } from '../model/job.ts';
import { storeName, writtenPlace } from '../stores/places.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { FoundKey } from '../keys/find-key.ts';
import type { RunHistory } from './ports.ts';

interface Reversal {
  readonly job: Job;
  readonly sources: readonly FoundKey[];
  readonly destination: FoundKey;
  readonly history: RunHistory;
}

/**
 * Except in a rollback, moving a store back to the key that it was just moved away from is a mistake: there are two
 * definitions of one job, or source and destination are mixed up.
 */
export async function checkReversal({
  job,
  sources,
  destination,
  history,
}: Reversal): Promise<readonly Problem[]> {
  const region = sourceRegion(job);
  const last = await Promise.all(job.stores.map(store => history.lastMigration(writtenPlace(store, region))));
  return job.stores.flatMap((store, index) => {
    const run = last[index];
    const reversed =
      run?.sourceKeyArns.includes(destination.key.arn) === true &&
      run.destinationKeyArn !== destination.key.arn &&
      sources.some(({ key }) => key.arn === run.destinationKeyArn);
    if (!reversed) return [];
    return [
      {
        path: 'destination.key',
        value: destination.use.key,
        words: `was a source key of the last migration of ${storeName(store)} (${run.runId}), which moved it to a key that is now a source: this would move its data keys back; exchange source and destination, or roll that run back`,
      },
    ];
  });
}
