import type { Resting } from '../model/books.ts';
import type { RunMode } from '../model/run.ts';
import { counted } from './store-verdict.ts';

interface RestingOf {
  readonly resting: Resting | undefined;
  /** Data keys that KMS has opened with the destination key, now or before. */
  readonly proven: number;
  readonly runId: string;
  readonly mode: RunMode;
  /** The earlier run on whose journal it may rest. */
  readonly restsOn?: string;
}

/** What a proof rests on, in the same words wherever one is told; empty where KMS was asked about every data key. */
export function restingWords({ resting, proven, runId, mode, restsOn }: RestingOf): string {
  if (resting === undefined || resting.onJournal === 0) return '';
  const { onJournal, ofEarlierRuns, sampled } = resting;
  const of = `${onJournal.toLocaleString('en-US')} of ${counted(proven, 'data key')}`;
  const asked = `${(proven - onJournal).toLocaleString('en-US')} ${proven - onJournal === 1 ? 'was' : 'were'} asked in full`;
  const tested = `${sampled.toLocaleString('en-US')} of them to test the journal`;
  // The mode `verify` has no journal of its own.
  const [journal, others] = mode === 'verify' ? [restsOn ?? runId, 0] : [runId, ofEarlierRuns];
  const earlier =
    others === 0 ? '' : `, ${others.toLocaleString('en-US')} of them on what KMS has told earlier runs`;
  return `${of} rest${onJournal === 1 ? 's' : ''} on the journal of run ${journal}${earlier}; ${asked}, ${tested}`;
}
