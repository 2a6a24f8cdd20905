import { destinationRegion } from '../model/job-regions.ts';
import type { Job } from '../model/job.ts';
import type { RunMode } from '../model/run.ts';
import type { StoreCatalogs } from '../stores/registry.ts';

/** What would keep a follower from hearing of anything once this migration is over. */
export async function followWarnings(
  job: Job,
  { catalogs, mode }: { readonly catalogs: Pick<StoreCatalogs, 's3'>; readonly mode: RunMode },
): Promise<readonly string[]> {
  if (mode !== 'migrate') return [];
  const region = destinationRegion(job);
  const told = (job.follow?.buckets ?? []).map(async bucket => {
    const seen = await catalogs.s3.tellsEventBridge({ region, bucket });
    if (seen.kind === 'unseen')
      return [
        `s3:${region}:${bucket}: this role could not see whether the bucket sends its events to EventBridge (${seen.words}): look before the run`,
      ];
    return seen.value
      ? []
      : [
          `s3:${region}:${bucket}: is to be followed, and does not send its events to EventBridge: until its owner turns that on (docs/follow.md), nobody hears of late writes`,
        ];
  });
  return (await Promise.all(told)).flat();
}
