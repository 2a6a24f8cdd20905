import type { PlannedChanges } from '../change/plan-changes.ts';
import type { OutcomeEntry } from '../journal/entries.ts';
import { outcomeEntry } from '../journal/outcomes.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** What the changes of a page would have done. Nothing is written, and the new ciphertexts are dropped here. */
export function countWithoutWriting(
  scope: UnitScope,
  { found }: { readonly found: readonly Found[] },
  { changes, settled }: PlannedChanges,
): readonly OutcomeEntry[] {
  const moved = new Map(
    changes.flat().flatMap(({ dataKeys }) => dataKeys.map(one => [one.found, one.source] as const)),
  );
  return found.flatMap(one => {
    const [outcome, source] = [settled.get(one), moved.get(one)];
    if (outcome !== undefined) return [outcomeEntry(scope, one, outcome)];
    return source === undefined ? [] : [outcomeEntry(scope, one, { kind: 'to-rewrap', source })];
  });
}
