import { unheard } from './unheard.ts';
import type { Job } from '../model/job.ts';
import type { RunMode } from '../model/run.ts';
import type { StoreCatalogs } from '../stores/registry.ts';

/** What would keep a follower from hearing of anything once this migration is over. */
export async function followWarnings(
  job: Job,
  { catalogs, mode }: { readonly catalogs: Pick<StoreCatalogs, 'dynamodb' | 's3'>; readonly mode: RunMode },
): Promise<readonly string[]> {
  return mode === 'migrate' ? await unheard(job, catalogs) : [];
}
