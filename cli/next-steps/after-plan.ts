import type { Job } from '../../lambda/core/model/job.ts';
import type { Here, NextStep } from './next-step.ts';
import { deployStep, rewrapStep } from './next-step.ts';

interface Planned {
  readonly job: Job['name'];
  readonly mode: string;
  readonly deployed: boolean;
  /** The words of the command line that ask for the same run. */
  readonly options: readonly string[];
}

/** From a plan to the run that it shows; before a migration, to a census. */
export function afterPlan({ job, mode, deployed, options }: Planned, here: Here): readonly NextStep[] {
  const census = rewrapStep(['run', job, '--mode', 'census'], 'counts, and changes nothing', here);
  const run = rewrapStep(['run', job, '--mode', mode, ...options], 'starts what this plan shows', here);
  return [
    ...(deployed ? [] : [deployStep('deploys the jobs of the folder; it asks first', here)]),
    ...(mode === 'migrate' ? [census] : []),
    run,
  ];
}

interface Written {
  readonly job: string;
  readonly file: string;
  /** The job has no migration to plan. */
  readonly countsOnly: boolean;
}

/** A job file has been written. */
export function afterInit({ job, file, countsOnly }: Written, here: Here): readonly NextStep[] {
  const mode = countsOnly ? ['--mode', 'census'] : [];
  return [
    rewrapStep(['plan', file, ...mode], 'checks keys and stores, and shows what a run would do', here),
    deployStep('deploys the jobs of the folder; it asks first', here),
    rewrapStep(['run', job, '--mode', 'census'], 'counts, and changes nothing', here),
  ];
}
