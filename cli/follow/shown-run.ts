import type { Look, PhaseProgress } from '../deployment/run-watch.ts';
import type { Phase } from '../../lambda/core/model/run.ts';
import type { PassShown, RunShown } from '../render/progress.ts';
import { Pace, partDone, secondsLeft } from './pace.ts';

/** Makes of each look at a run what people are shown: how fast it is, and when it may end. */
export function shownRun(now: () => number): (look: Look) => RunShown {
  const paces = new Map<Phase, Pace>();
  return ({ plan, progress, activity, rate }) => {
    const passes = progress.map(pass => {
      const pace = paces.get(pass.phase) ?? new Pace();
      paces.set(pass.phase, pace);
      return passShown(pass, { pace, at: now(), estimated: plan.estimate.dataKeys });
    });
    const cap = plan.mode === 'rollback' ? {} : { cap: rate.requestsPerSecond };
    return { activity, passes, ...cap };
  };
}

function passShown(
  pass: PhaseProgress,
  { pace, at, estimated }: { readonly pace: Pace; readonly at: number; readonly estimated: number },
): PassShown {
  const { records, dataKeys, kms } = pass.books;
  const part = partDone({ ...pass, dataKeys, estimated });
  if (part === 1) return { ...pass, part };
  const rates = pace.after({ at, records, dataKeys, kmsRequests: kms.requests });
  const left = secondsLeft({ dataKeys, estimated }, rates);
  return {
    ...pass,
    part,
    ...(rates !== undefined && {
      dataKeysPerSecond: rates.dataKeys,
      recordsPerSecond: rates.records,
      kmsPerSecond: rates.kmsRequests,
    }),
    ...(left !== undefined && { secondsLeft: left }),
  };
}
