import type { Phase } from '../model/run.ts';
import type { RunIdentity } from '../model/run-plan.ts';

/** The main pass of a run. The verify pass of a migration comes after it. */
export function mainPhase({ mode }: Pick<RunIdentity, 'mode'>): Phase {
  switch (mode) {
    case 'census':
    case 'migrate':
      return 'migrate';
    case 'verify':
    case 'rollback':
      return mode;
  }
}
