import { existsSync } from 'node:fs';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { loadJobs, readJob } from '../../lib/jobs/load-jobs.ts';
import type { Job } from '../../lambda/core/model/job.ts';

/** Finds a job by the path of its file, or by its name in a folder of jobs. */
export function findJob(nameOrFile: string, folder: string): Job {
  if (nameOrFile.endsWith('.json') || existsSync(nameOrFile)) {
    const { job, problems } = readJob(nameOrFile);
    if (job === undefined)
      throw new JobsRefused(problems.map(problem => `${nameOrFile}: ${problem}`).join('\n'));
    return job;
  }
  const jobs = loadJobs(folder);
  const job = jobs.find(({ name }) => name === nameOrFile);
  if (job === undefined)
    throw new JobsRefused(
      `${folder}: has no job '${nameOrFile}'; write one of: ${jobs.map(({ name }) => name).join(', ')}, or the path of a job file`,
    );
  return job;
}
