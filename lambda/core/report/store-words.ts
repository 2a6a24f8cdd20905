import { capacityWords } from './capacity-report.ts';
import type { StoreReport } from './report.ts';

/** The verdict on a store in a word or two. */
export function verdictText({ verdict }: Pick<StoreReport, 'verdict'>): string {
  switch (verdict.kind) {
    case 'proven':
    case 'empty':
      return verdict.kind;
    case 'not-proven':
      return `not proven: ${verdict.doubts.map(({ code }) => code).join(', ')}`;
  }
}

/** What each store's tables took. */
export function capacityLines(stores: readonly StoreReport[]): readonly string[] {
  return stores.flatMap(({ store, capacity }) =>
    capacity === undefined ? [] : [`${store}: ${capacityWords(capacity)}`],
  );
}
