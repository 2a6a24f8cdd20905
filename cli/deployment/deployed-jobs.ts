import { existsSync } from 'node:fs';
import { deployedJobs, type DeployedJobs } from '../../lambda/adapters/run/deployment.ts';
import { jobDifferences } from '../../lambda/core/job/job-difference.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { loadJobs, readJob } from '../../lib/jobs/load-jobs.ts';
import type { Where } from '../context/command-context.ts';
import { settingsHere } from '../context/settings-here.ts';
import { didYouMean } from './nearest.ts';

export function deployAgain({ deployment }: Where): string {
  return `stack ${deployment} was deployed by a version that does not record its jobs; deploy it again with this one (npx cdk deploy --all)`;
}

export interface FoundJob {
  readonly job: Job;
  /** `yes`: a run would do what this job says. `unknown`: an earlier version deployed the stack without its jobs. */
  readonly deployed: 'yes' | 'no' | 'unknown';
}

/**
 * Finds the job that the user means. If a job of the same name is deployed, the file must match it. A name stands for the
 * deployed job, and only if there is none, for a file in the folder.
 */
export async function jobMeant(nameOrFile: string, folder: string, where: Where): Promise<FoundJob> {
  const { aws, deployment } = where;
  if (!isFile(nameOrFile)) return namedJob(nameOrFile, folder, where);
  const job = jobInFile(nameOrFile);
  const found = await deployedJobs(deployment, { ...aws, region: aws.region ?? destinationRegion(job) });
  if (found.kind === 'unknown') return { job, deployed: 'unknown' };
  const deployed = jobsOf(found).find(({ name }) => name === job.name);
  if (deployed === undefined) return { job, deployed: 'no' };
  const lines = jobDifferences(job, deployed);
  if (lines.length > 0)
    throw new RunRefused(
      'cli.notDeployed',
      [
        `${nameOrFile} differs from what is deployed as ${job.name}; deploy it, or name the job without a file:`,
        ...lines,
      ].join('\n'),
    );
  return { job: deployed, deployed: 'yes' };
}

/**
 * The jobs that are deployed in a Region; none where there is no stack.
 *
 * @throws RunRefused `cli.unknownJobs` where the stack does not tell them
 */
export async function toldJobs(where: Where): Promise<readonly Job[]> {
  const found = await deployedJobs(where.deployment, where.aws);
  if (found.kind === 'unknown') throw new RunRefused('cli.unknownJobs', deployAgain(where));
  return jobsOf(found);
}

function jobsOf(found: DeployedJobs): readonly Job[] {
  return found.kind === 'jobs' ? found.jobs : [];
}

export function isFile(nameOrFile: string): boolean {
  return nameOrFile.endsWith('.json') || existsSync(nameOrFile);
}

async function namedJob(name: string, folder: string, where: Where): Promise<FoundJob> {
  const { aws, deployment } = where;
  const local = localJobs(folder);
  const mine = local.find(job => job.name === name);
  const region = aws.region ?? (mine && destinationRegion(mine));
  const jobs = await toldJobs({ deployment, aws: { ...aws, ...(region !== undefined && { region }) } });
  const deployed = jobs.find(job => job.name === name);
  if (deployed !== undefined) return { job: deployed, deployed: 'yes' };
  if (mine !== undefined) return { job: mine, deployed: 'no' };
  const names = [...new Set([...jobs, ...local].map(job => job.name))];
  const meant = didYouMean(name, names);
  const write =
    names.length === 0 ? 'the path of a job file' : `one of: ${names.join(', ')}, or the path of a job file`;
  throw new JobsRefused(
    `there is no job '${name}', neither deployed nor in ${folder}${meant === '' ? '; write' : `${meant} Write`} ${write}`,
  );
}

function jobInFile(file: string): Job {
  const { job, problems } = readJob(file);
  if (job === undefined) throw new JobsRefused(problems.map(problem => `${file}: ${problem}`).join('\n'));
  return job;
}

/** The jobs of a folder, for commands that do not need one: there may be none here. A folder that the caller names has to be there. */
export function jobsHere(folder: string): readonly Job[] {
  return folder === settingsHere().jobs && !existsSync(folder) ? [] : loadJobs(folder);
}

function localJobs(folder: string): readonly Job[] {
  try {
    return loadJobs(folder);
  } catch {
    return [];
  }
}
