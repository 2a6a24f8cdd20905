import type { OutcomeKind } from '../model/outcome.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { aboutStore } from '../proof/plan-proofs.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import type { Doubt, StoreVerdict } from '../verdict/store-verdict.ts';
import type { EndOfRun, Evidence, ReportedRun } from './report.ts';

/** What a report says about each of its stores. A failed run may have found doubts, but it proves nothing. */
export function proofsOf(plan: RunPlan, report: ReportedRun & EndOfRun & Evidence): readonly StoreProof[] {
  return plan.stores.flatMap((_, index) => {
    const store = report.stores[index];
    if (store === undefined) return [];
    const doubts = doubtsOf(store.verdict);
    if (report.state === 'failed' && doubts.length === 0) return [];
    return [
      {
        ...aboutStore(plan, index, report.endedAt),
        startedAt: report.startedAt,
        verdict: doubts.length > 0 ? 'not-proven' : store.verdict.kind === 'empty' ? 'empty' : 'proven',
        doubts,
        records: store.records,
        withoutDataKey: store.withoutDataKey,
        ...(store.wrappedBy !== undefined && { wrappedBy: store.wrappedBy }),
        ...(store.serverSideEncrypted !== undefined && { serverSideEncrypted: store.serverSideEncrypted }),
        dataKeys: sum(store.concluding),
        proven: store.proven,
        ...(store.resting !== undefined && { resting: store.resting }),
        foreign: store.concluding['foreign-key'] ?? 0,
        lookAlikes: store.lookAlikes,
        remaining: store.remaining,
      },
    ];
  });
}

/** Without the doubt `narrowed`, because the field `part` says that already. */
function doubtsOf(verdict: StoreVerdict): readonly Doubt[] {
  return verdict.kind === 'not-proven' ? verdict.doubts.filter(({ code }) => code !== 'narrowed') : [];
}

function sum(outcomes: Readonly<Partial<Record<OutcomeKind, number>>>): number {
  return Object.values(outcomes).reduce((total, count) => total + count, 0);
}
