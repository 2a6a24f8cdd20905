import type { Report, StoreReport } from './report.ts';

type Judgement = 'verdict' | 'lookAlikes' | 'notChecked' | 'stores';
type StoreJudgement =
  'verdict' | 'withoutDataKey' | 'withoutDataKeyFirst' | 'concluding' | 'proven' | 'lookAlikes';
type EarlierStore = Omit<StoreReport, StoreJudgement> & Partial<Pick<StoreReport, StoreJudgement>>;

/** As a run bucket may hold it: earlier versions did not count doubts. */
export type StoredReport = Omit<Report, Judgement> &
  Partial<Pick<Report, 'verdict' | 'lookAlikes' | 'notChecked'>> & {
    readonly stores: readonly EarlierStore[];
  };

const WORDS = 'the run was of an earlier version, which did not count doubts; run the mode verify';

/** Reads a stored report. One from a version without verdicts proves nothing. */
export function judged(stored: StoredReport): Report {
  if (isJudged(stored)) return stored;
  return {
    ...stored,
    verdict: stored.state === 'failed' ? 'failed' : 'not-proven',
    lookAlikes: { count: 0, first: [] },
    notChecked: [WORDS],
    stores: stored.stores.map(store => ({
      ...store,
      verdict: { kind: 'not-proven', doubts: [{ code: 'not-verified', words: WORDS }] },
      withoutDataKey: 0,
      withoutDataKeyFirst: [],
      concluding: store.outcomes,
      proven: null,
      lookAlikes: 0,
    })),
  };
}

function isJudged(stored: StoredReport): stored is Report {
  return stored.verdict !== undefined;
}
