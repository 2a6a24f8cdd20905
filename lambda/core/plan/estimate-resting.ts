import type { Estimate } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { routeOf } from '../routes/registry.ts';
import { estimate, restingForecast, type EstimateInput } from './estimate.ts';
import type { EndedRun, PastRuns } from './ports.ts';

interface Known {
  /** What the plan's own estimate has counted; `undefined` in a rollback. */
  readonly counted: EstimateInput | undefined;
  readonly pastRuns: Pick<PastRuns, 'report'>;
  readonly now: number;
}

/**
 * The estimate of a run that rests on a journal: what it asks of AWS at most, and what it asks if that journal proves what it
 * proved before. The report of the run that wrote it knows how many data keys it left under which key material; only
 * those under the material that is current now are proven.
 */
export async function estimateResting(plan: RunPlan, { counted, pastRuns, now }: Known): Promise<Estimate> {
  const [runId] = plan.restsOn ?? [];
  if (runId === undefined || counted === undefined) return plan.estimate;
  // A run is not refused because its estimate would be better with one more file.
  const report = await pastRuns.report(runId).catch(() => undefined);
  if (report === undefined) return plan.estimate;
  const known = { ...counted, counts: atLeastAsReported(counted, report, now) };
  const resting = restingForecast(known, { proven: provenRecords(report, plan), units: plan.units });
  return { ...estimate(known), ...(resting !== undefined && { resting }) };
}

/** DynamoDB API reference, TableDescription: ItemCount and TableSizeBytes are updated about every six hours. */
const COUNT_LAGS_MS = 6 * 3_600_000;

/** A run has counted what it visited. For some hours a table may still say less. */
function atLeastAsReported(
  { counts }: EstimateInput,
  { stores, endedAt }: EndedRun,
  now: number,
): EstimateInput['counts'] {
  if (!(now - Date.parse(endedAt) < COUNT_LAGS_MS)) return counts;
  return counts.map(count => {
    const records = Math.max(count.records, stores[count.store]?.records ?? 0);
    const growth = count.records === 0 ? 1 : records / count.records;
    return {
      ...{ ...count, records, bytes: count.bytes * growth },
      ...(count.writes !== undefined && count.records > 0 && { writes: count.writes * growth }),
    };
  });
}

/** By index of the store. An estimate takes one data key for each record, so a part of the data keys is that part of the records. */
function provenRecords({ stores, route }: EndedRun, plan: RunPlan): readonly number[] {
  // Encrypt names no key material, so that no line of such a journal counts.
  if (routeOf(route).plaintext) return stores.map(() => 0);
  const { keyArn } = plan.destination;
  const current = plan.keyMaterials.find(one => one.keyArn === keyArn && one.state === 'CURRENT');
  return stores.map(({ records, dataKeys, keyMaterials }) => {
    const proven = keyMaterials
      .filter(one => one.keyArn === keyArn)
      .filter(one => current === undefined || one.keyMaterialId === current.keyMaterialId)
      .reduce((sum, { after }) => sum + after, 0);
    return dataKeys === 0 ? 0 : Math.floor(records * Math.min(1, proven / dataKeys));
  });
}
