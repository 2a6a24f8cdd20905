import * as z from 'zod/mini';
import { RUN_MODES } from '../model/run.ts';
import { once } from '../schema/once.ts';
import type { Difference } from './check-object.ts';
import type { OutcomeCounts } from './count-outcomes.ts';
import { EVIDENCE } from './names.ts';
import type { SealedJournal } from './seals.ts';

const count = once(() => z.int().check(z.nonnegative()));

/** What a report counts that its journal must bear out. */
const countedSchema = once(() =>
  z.object({
    mode: z.enum(RUN_MODES),
    continues: z.optional(z.array(z.string())),
    stores: z.array(
      z.object({ store: z.string(), dataKeys: count(), outcomes: z.record(z.string(), count()) }),
    ),
    journal: z.optional(z.object({ root: z.string(), chains: count(), objects: count(), lines: count() })),
  }),
);

export type CountedReport = z.output<ReturnType<typeof countedSchema>>;

/** A report that somebody else may have written; `undefined` if it does not count as this version does. */
export function readCounts(report: string): CountedReport | undefined {
  try {
    return countedSchema().safeParse(JSON.parse(report)).data;
  } catch {
    return undefined;
  }
}

/** Whether a report gives the journal that was sealed. */
export function checkJournalNamed(report: string, sealed: SealedJournal): readonly Difference[] {
  const counted = readCounts(report);
  if (counted === undefined) return [unreadable()];
  const { journal } = counted;
  const isSame =
    journal === undefined
      ? sealed.chains === 0
      : journal.root === sealed.root &&
        journal.chains === sealed.chains &&
        journal.objects === sealed.objects &&
        journal.lines === sealed.lines;
  return isSame ? [] : [miscounted(`names another journal than the one whose ends are in ${EVIDENCE.seals}`)];
}

/** Whether the outcomes that a report counts are those that were sealed. A census and a verify pass journal none. */
export function checkCounts(report: string, sealed: OutcomeCounts): readonly Difference[] {
  const counted = readCounts(report);
  if (counted === undefined) return [unreadable()];
  const { mode, continues = [], stores } = counted;
  if (mode === 'census' || mode === 'verify') return [];
  const reported = byStore(stores);
  const unbalanced = stores.filter(({ dataKeys, outcomes }) => dataKeys !== sumOf(Object.values(outcomes)));
  return [
    ...unbalanced.map(({ store, dataKeys, outcomes }) =>
      miscounted(
        `counts ${counting(dataKeys)} in ${store}, and outcomes of ${sumOf(Object.values(outcomes))}`,
      ),
    ),
    ...placesOf(reported, sealed).flatMap(({ store, outcome }) => {
      const said = reported.get(store)?.get(outcome) ?? 0;
      const there = sealed.get(store)?.get(outcome) ?? 0;
      // It counts what the runs before it have done as well; their lines are in their own journals.
      const fits = continues.length === 0 ? said === there : said >= there;
      if (fits) return [];
      return [
        miscounted(
          `counts ${counting(said)} as ${outcome} in ${store}, and the journal has ${there} sealed lines that say so`,
        ),
      ];
    }),
  ];
}

/** Two stores of one name lie in two accounts; lines of the journal do not tell these apart. */
function byStore(stores: CountedReport['stores']): OutcomeCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const { store, outcomes } of stores) {
    const ofStore = counts.get(store) ?? new Map<string, number>();
    for (const [outcome, more] of Object.entries(outcomes))
      ofStore.set(outcome, (ofStore.get(outcome) ?? 0) + more);
    counts.set(store, ofStore);
  }
  return counts;
}

function placesOf(
  ...all: readonly OutcomeCounts[]
): readonly { readonly store: string; readonly outcome: string }[] {
  const places = all.flatMap(counts =>
    [...counts].flatMap(([store, outcomes]) =>
      [...outcomes.keys()].map(outcome => [JSON.stringify([store, outcome]), { store, outcome }] as const),
    ),
  );
  return [...new Map(places).values()];
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}

function counting(dataKeys: number): string {
  return `${dataKeys} data ${dataKeys === 1 ? 'key' : 'keys'}`;
}

function unreadable(): Difference {
  const words = `${EVIDENCE.report} is signed, and does not count its data keys as this version does`;
  return { kind: 'unreadable', object: EVIDENCE.report, words };
}

function miscounted(words: string): Difference {
  return { kind: 'miscounted', object: EVIDENCE.report, words: `${EVIDENCE.report} ${words}` };
}
