import type { Resting } from '../model/books.ts';
import { counted } from './store-verdict.ts';

interface RestingOf {
  readonly resting: Resting | undefined;
  /** Data keys that KMS has opened with the destination key, now or before. */
  readonly proven: number;
  readonly runId: string;
}

/** What a proof rests on, in the same words wherever one is told; empty where KMS was asked about every data key. */
export function restingWords({ resting, proven, runId }: RestingOf): string {
  if (resting === undefined || resting.onJournal === 0) return '';
  const { onJournal, ofEarlierRuns, sampled } = resting;
  const of = `${onJournal.toLocaleString('en-US')} of ${counted(proven, 'data key')}`;
  const asked = `${(proven - onJournal).toLocaleString('en-US')} ${proven - onJournal === 1 ? 'was' : 'were'} asked in full`;
  const tested = `${sampled.toLocaleString('en-US')} of them to test the journal`;
  const earlier =
    ofEarlierRuns === 0 ? '' : `, ${ofEarlierRuns.toLocaleString('en-US')} of them of runs that it continues`;
  return `${of} rest${onJournal === 1 ? 's' : ''} on the journal of run ${runId}${earlier}; ${asked}, ${tested}`;
}
