/** How many data keys came to which outcome, by store and outcome, as lines of the journal say. */
export type OutcomeCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Of JSON Lines that anybody may have written: lines without a store or an outcome count as such. */
export function countOutcomes(text: string): OutcomeCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { store, outcome } = fieldsOf(line);
    add(counts, { store, outcome, by: 1 });
  }
  return counts;
}

export function addCounts(all: readonly OutcomeCounts[]): OutcomeCounts {
  const sum = new Map<string, Map<string, number>>();
  for (const counts of all)
    for (const [store, outcomes] of counts)
      for (const [outcome, by] of outcomes) add(sum, { store, outcome, by });
  return sum;
}

interface Addition {
  readonly store: string;
  readonly outcome: string;
  readonly by: number;
}

function add(counts: Map<string, Map<string, number>>, { store, outcome, by }: Addition): void {
  const ofStore = counts.get(store) ?? new Map<string, number>();
  ofStore.set(outcome, (ofStore.get(outcome) ?? 0) + by);
  counts.set(store, ofStore);
}

function fieldsOf(line: string): Omit<Addition, 'by'> {
  const said = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');
  try {
    const { store, outcome } = JSON.parse(line) as { readonly store?: unknown; readonly outcome?: unknown };
    return { store: said(store), outcome: said(outcome) };
  } catch {
    return { store: said(undefined), outcome: said(undefined) };
  }
}
