import type { Here, NextStep } from './next-step.ts';
import { rewrapStep } from './next-step.ts';

interface Run {
  readonly runId: string;
  readonly state: 'running' | 'succeeded' | 'failed' | 'stopped';
  readonly paused?: boolean;
}

/** After a look at one run, or after something was told to it. */
export function afterLook({ runId, state, paused = false }: Run, here: Here): readonly NextStep[] {
  if (state !== 'running') return [rewrapStep(['report', runId], 'shows what the run found and did', here)];
  return [
    ...(paused ? [rewrapStep(['resume', runId], 'lets it continue', here)] : []),
    rewrapStep(['watch', runId], 'follows it to its report', here),
  ];
}

/** After a look at all runs, latest first. */
export function afterRuns(runs: readonly Run[], here: Here): readonly NextStep[] {
  const [latest] = runs;
  return latest === undefined ? [rewrapStep(['init'], 'writes a first job', here)] : afterLook(latest, here);
}

/** A run ended without a report: it was refused, or Plan or Report failed. */
export function afterNoReport(runId: string, here: Here): readonly NextStep[] {
  return [rewrapStep(['status', runId], 'shows the error that ended it', here)];
}

/** After an answer about a key: what jobs could still prove. */
export function afterAdvice(
  {
    keyArn,
    jobs,
    settled,
    trail,
  }: {
    readonly keyArn: string;
    readonly jobs: readonly string[];
    readonly settled: boolean;
    readonly trail?: string;
  },
  here: Here,
): readonly NextStep[] {
  const named = trail === undefined ? [] : ['--trail', trail];
  const again = rewrapStep(['retire-check', keyArn, ...named], 'asks again', here);
  if (settled) return [again];
  const verify = jobs
    .slice(0, 2)
    .map(job => rewrapStep(['run', job, '--mode', 'verify'], `proves what is left where ${job} looks`, here));
  return [...verify, again];
}
