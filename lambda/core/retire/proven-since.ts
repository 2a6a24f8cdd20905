import { proofsIn, type KnownStore } from './store-findings.ts';

/**
 * The moment from which nothing that was known needed the key: every store was read anew after it, and is proven. Milliseconds since 1970, whole
 * seconds, as CloudTrail has no others. `undefined` while a store is not proven, or if a proof does not say when its run began.
 *
 * It is the beginning of the run, not its end. A data key that somebody writes, or reads, while a run is under way may be one that the run has
 * passed, and nobody can tell.
 */
export function provenSince(stores: readonly KnownStore[]): number | undefined {
  if (stores.length === 0 || stores.some(({ evidence }) => evidence.kind !== 'proven')) return undefined;
  const begun = stores.flatMap(({ evidence }) =>
    proofsIn(evidence).map(({ startedAt }) => (startedAt === undefined ? Number.NaN : Date.parse(startedAt))),
  );
  const earliest = Math.min(...begun);
  return Number.isNaN(earliest) ? undefined : Math.floor(earliest / 1_000) * 1_000;
}
