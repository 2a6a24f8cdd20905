import { unsettledIn } from '../verdict/run-verdict.ts';
import type { StoreVerdict } from '../verdict/store-verdict.ts';
import type { Report } from './report.ts';

/** What alarms count of a run that came to an end (lib/operations/alarm-list.ts). */
export interface RunFigures {
  readonly failed: number;
  readonly notProven: number;
  /** Absent where it is not known. */
  readonly remaining?: number;
  /** Data keys that could not be moved, checked or put back, although all retries were spent. */
  readonly dataKeysFailed: number;
  /** 1 if a run that concludes a migration leaves data keys that may still need a source key, or a doubt that there are some. */
  readonly leftoversFound: number;
  /** Data keys under key material that is older than the job allows, or whose age is not known. */
  readonly dataKeysTooOld: number;
}

export function runFigures(
  report: Pick<Report, 'mode' | 'state' | 'verdict' | 'remaining' | 'stores'>,
): RunFigures {
  const { mode, state, verdict, remaining, stores } = report;
  const concludes = state === 'succeeded' && (mode === 'migrate' || mode === 'verify');
  return {
    failed: state === 'failed' ? 1 : 0,
    notProven: verdict === 'not-proven' ? 1 : 0,
    ...(remaining !== null && { remaining }),
    dataKeysFailed: sum(
      stores.map(({ concluding }) =>
        mode === 'rollback' ? unsettledIn(concluding) : (concluding.failed ?? 0),
      ),
    ),
    leftoversFound: concludes && stores.some(one => isInDoubt(one.verdict)) ? 1 : 0,
    dataKeysTooOld:
      state === 'succeeded'
        ? sum(stores.map(one => (one.materialAge?.tooOld ?? 0) + (one.materialAge?.ageUnknown ?? 0)))
        : 0,
  };
}

/** What the job itself leaves open, by a part of a store or without a verify pass, is no news. */
function isInDoubt(verdict: StoreVerdict): boolean {
  return (
    verdict.kind === 'not-proven' &&
    verdict.doubts.some(({ code }) => code !== 'narrowed' && code !== 'not-verified')
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
