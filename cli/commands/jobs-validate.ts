import { readJob } from '../../lib/jobs/load-jobs.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import type { CommandContext } from '../context/command-context.ts';

const NOT_CHECKED: readonly string[] = [
  'whether keys, tables and buckets exist, and whether the job fits their data: rewrap plan JOB tells',
];

/** `rewrap jobs validate FILE…`: prints one line for each problem; the exit code is 2 if there are any. */
export function jobsValidate(files: readonly string[], { console }: CommandContext): ExitCode {
  const results = files.map(file => ({ file, ...readJob(file) }));
  for (const { file, problems } of results)
    for (const problem of problems) console.note(`${file}: ${problem}`);
  const valid = results.filter(({ problems }) => problems.length === 0);
  const shown = results.map(({ file, job, problems }) => ({ file, job: job?.name ?? null, problems }));
  if (console.json || valid.length > 0)
    console.result({ files: shown, notChecked: NOT_CHECKED }, ({ files: all }) =>
      all
        .filter(({ problems }) => problems.length === 0)
        .map(({ file, job }) => `${file}: job ${job} is valid`)
        .join('\n'),
    );
  return valid.length === results.length ? EXIT.done : EXIT.refused;
}
