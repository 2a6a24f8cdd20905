import { rewrapStep, type Here, type NextStep } from './next-step.ts';

/** An embedded AWS runs. Its job has data only where somebody has put it there. */
export function afterStart(
  filled: { readonly job: string; readonly table: string } | undefined,
  here: Here,
): readonly NextStep[] {
  if (filled === undefined) return [rewrapStep(['status'], 'shows the runs there', here)];
  return [
    rewrapStep(['inspect', filled.table], 'says which data keys the table holds', here),
    rewrapStep(['plan', filled.job], 'shows work, time and cost', here),
    rewrapStep(['run', filled.job], 'moves the data keys, and proves it', here),
  ];
}
