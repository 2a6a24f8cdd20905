import { readJob } from '../../lib/jobs/load-jobs.ts';
import { settingsHere } from '../context/settings-here.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import type { CommandContext } from '../context/command-context.ts';
import { hereOf } from '../context/here.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { besideHere, roomOf, roomText } from '../deployment/room.ts';

const NOT_CHECKED: readonly string[] = [
  'whether keys, tables and buckets exist, and whether the job fits their data: rewrap plan JOB tells',
];

/**
 * `rewrap jobs validate FILE…`: prints one line for each problem; the exit code is 2 if there are any. Of a valid job it says how
 * many more like it the deployment has room for, beside these files and the jobs of its folder.
 */
export function jobsValidate(
  files: readonly string[],
  { console, aws, deployment }: Pick<CommandContext, 'console' | 'aws' | 'deployment'>,
): ExitCode {
  const results = files.map(file => ({ file, ...readJob(file) }));
  for (const { file, problems } of results)
    for (const problem of problems) console.note(`${file}: ${problem}`);
  const given = results.flatMap(({ job }) => job ?? []);
  const here = besideHere(deployment, settingsHere().jobs);
  const others = here.jobs.filter(({ name }) => !given.some(job => job.name === name));
  const beside = { ...here, jobs: [...others, ...given] };
  const shown = results.map(({ file, job, problems }) => ({
    ...{ file, job: job?.name ?? null, problems },
    room: job === undefined ? null : roomOf(job, beside),
  }));
  if (console.json || given.length > 0)
    console.result(
      { files: shown, notChecked: NOT_CHECKED },
      ({ files: all }) =>
        all
          .flatMap(({ file, job, room }) =>
            room === null ? [] : [`${file}: job ${job} is valid; ${roomText(room)}`],
          )
          .join('\n'),
      shown
        .filter(({ room }) => room !== null)
        .slice(0, 3)
        .map(({ file }) =>
          rewrapStep(
            ['plan', file],
            'checks keys and stores, and shows what a run would do',
            hereOf({ aws, deployment }),
          ),
        ),
    );
  return given.length === results.length ? EXIT.done : EXIT.refused;
}
