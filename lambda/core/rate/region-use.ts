import type { KeysOfRun, RunIdentity } from '../model/run-plan.ts';
import { liveLeases, type Lease, type ShareBook } from './lease.ts';
import { kmsRegions } from './worker-share.ts';

/** What a run uses of KMS in one Region, and who else does. */
export interface RegionUse {
  readonly region: string;
  /** Workers that are busy now. Those that wait for a share do not count. */
  readonly workers: number;
  readonly requestsPerSecond: number;
  readonly others: readonly OtherRun[];
}

interface OtherRun {
  readonly runId: string;
  /** Its rate, not what it uses. */
  readonly requestsPerSecond: number;
}

/** The use of each Region in which a run may ask KMS. A rollback asks nothing. */
export async function usesOf(
  plan: RunIdentity & KeysOfRun,
  book: Pick<ShareBook, 'read'>,
  now: number,
): Promise<readonly RegionUse[]> {
  const regions =
    plan.mode === 'rollback' ? [] : kmsRegions(plan, plan.mode === 'verify' ? 'verify' : 'migrate');
  return Promise.all(
    regions.map(async region => ({ region, ...useOf(plan.runId, liveLeases(await book.read(region), now)) })),
  );
}

function useOf(runId: string, leases: readonly Lease[]): Omit<RegionUse, 'region'> {
  const own = leases.filter(lease => lease.runId === runId && lease.share > 0);
  const others = new Map<string, number>();
  for (const lease of leases)
    if (lease.runId !== runId) others.set(lease.runId, Math.max(lease.runRate, others.get(lease.runId) ?? 0));
  return {
    workers: own.length,
    requestsPerSecond: own.reduce((sum, { share }) => sum + share, 0),
    others: [...others].map(([other, requestsPerSecond]) => ({ runId: other, requestsPerSecond })),
  };
}

/** What Plan says of runs that are at work where this one will be. */
export function sharedRegions(uses: readonly RegionUse[], rate: number): readonly string[] {
  return uses.flatMap(({ region, others }) => {
    if (others.length === 0) return [];
    const names = others.map(one => `${one.runId} (${one.requestsPerSecond} requests a second)`).join(', ');
    const together = Math.max(rate, ...others.map(one => one.requestsPerSecond));
    return [
      `KMS in ${region} is also used by ${names}: until they end, all of them together keep to ${together} requests a second, in equal parts, and this run takes longer than estimated`,
    ];
  });
}
