import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { JobsRefused } from './jobs-refused.ts';
import { readJson } from './read-json.ts';

/**
 * Reads and validates one job file, or every `*.json` in a folder, relative to the working directory.
 *
 * @throws JobsRefused with all problems of all files at once
 */
export function loadJobs(folder: string): readonly Job[] {
  const files = jobFiles(folder);
  if (files.length === 0)
    throw new JobsRefused(
      `${folder}: holds no job; put a job file (*.json) there, or name another folder in deployment.json`,
    );
  const parsed = files.map(file => ({ file, ...readJob(file) }));
  const lines = parsed.flatMap(({ file, problems }) => problems.map(problem => `${file}: ${problem}`));
  const jobs = parsed.flatMap(({ job }) => job ?? []);
  lines.push(
    ...parsed.flatMap(({ file, job }) => {
      const first = job && parsed.find(other => other.job?.name === job.name);
      return first === undefined || first.file === file
        ? []
        : [
            `${file}: name = ${JSON.stringify(job?.name)}: ${first.file} has the same name; give each job its own`,
          ];
    }),
  );
  if (lines.length > 0) throw new JobsRefused(lines.join('\n'));
  return jobs;
}

function jobFiles(folder: string): readonly string[] {
  if (folder.endsWith('.json')) return [folder];
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.json'))
      .sort()
      .map(file => join(folder, file));
  } catch (error) {
    throw new JobsRefused(`${folder}: is not a readable folder; name a folder of job files`, {
      cause: error,
    });
  }
}

/** One job file: the job, or its problems in words. */
export function readJob(path: string): { readonly job?: Job; readonly problems: readonly string[] } {
  const read = readJson(path);
  if (read.kind === 'refused') return { problems: [read.words] };
  const parsed = parseJob(read.value, formats);
  return parsed.kind === 'job'
    ? { job: parsed.job, problems: [] }
    : { problems: parsed.problems.map(formatProblem) };
}
