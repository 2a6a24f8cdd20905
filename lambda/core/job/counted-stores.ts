import type { ConfiguredFormat, FormatRegistry } from '../model/format.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';
import { configureFormat } from './bind-format.ts';
import { eachSchedule, type PlacedSchedule } from './schedules-of.ts';

/** Whether a job has data keys that no run writes: then it has no migration. */
export function countsOnly(job: Job, formats: FormatRegistry): boolean {
  return job.stores.some(store => configureFormat(store, formats).countsOnly !== undefined);
}

/** Stores that no run writes, in a run that would. */
export function unwrittenProblems(
  { job, mode }: { readonly job: Job; readonly mode: RunMode },
  formats: FormatRegistry,
): readonly Problem[] {
  if (mode !== 'migrate') return [];
  return job.stores.flatMap((store, index) => {
    const { countsOnly: words } = configureFormat(store, formats);
    const others = job.stores.length > 1 ? '; give other stores a job of their own' : '';
    return words === undefined
      ? []
      : [{ path: `stores[${index}].format`, value: store.format.type, words: `${words}${others}` }];
  });
}

/** Fields of a job that say how to write what no run writes. */
export function unwrittenFields(job: Job, formats: readonly ConfiguredFormat[]): readonly Problem[] {
  const counted = formats.map(({ countsOnly: words }) => words !== undefined);
  if (!counted.includes(true)) return [];
  return [
    ...job.stores.flatMap(({ copyTo }, index) =>
      copyTo === undefined || counted[index] !== true
        ? []
        : [
            {
              path: `stores[${index}].copyTo`,
              words: 'is where new data keys go, and no run makes any of this format; remove it',
            },
          ],
    ),
    ...(job.follow === undefined
      ? []
      : [
          {
            path: 'follow',
            words: 'begins with a migration, and this job has none; give the other stores a job of their own',
          },
        ]),
    ...eachSchedule(job).flatMap(unwrittenSchedule),
  ];
}

function unwrittenSchedule({ path, schedule: { mode, starts } }: PlacedSchedule): readonly Problem[] {
  if (mode === 'migrate')
    return [
      {
        path: `${path}.mode`,
        value: mode,
        words: 'would be refused each time, because no run writes what the job counts; write census',
      },
    ];
  if (starts !== 'after-migration') return [];
  return [
    {
      path: `${path}.starts`,
      value: starts,
      words: 'would wait for ever, because this job has no migration; write at-once, and a cron expression',
    },
  ];
}
