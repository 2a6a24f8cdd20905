import type { IntentEntry, UndoPlace } from '../journal/entries.ts';

/**
 * A change that lost a race was remade, and journalled again, for the record as it was by then. The change before it was
 * never written. So of several intents for one new data key, the one with the most retries is the one that counts.
 */
export function latestIntents(intents: readonly IntentEntry[]): readonly IntentEntry[] {
  const latest = new Map<string, number>();
  for (const intent of intents)
    for (const name of namesOf(intent))
      latest.set(name, Math.max(latest.get(name) ?? 0, intent.retries ?? 0));
  return intents.flatMap(intent => {
    const counts = namesOf(intent).map(name => latest.get(name) === (intent.retries ?? 0));
    if (counts.every(Boolean)) return [intent];
    return counts.some(Boolean) ? [only(intent, counts)] : [];
  });
}

/** No two new ciphertexts are equal. */
function namesOf({ store, locator, dataKeys }: IntentEntry): readonly string[] {
  return dataKeys.map(({ slot, newDigest }) => JSON.stringify([store, locator, slot, newDigest]));
}

/** An intent with some of its data keys, and the places that belong to them. */
function only(intent: IntentEntry, counts: readonly boolean[]): IntentEntry {
  const kept = [...counts.keys()].filter(index => counts[index] === true);
  const undo = intent.undo.flatMap((place): readonly UndoPlace[] => {
    const dataKeys = place.dataKeys.map(index => kept.indexOf(index)).filter(index => index >= 0);
    return dataKeys.length > 0 || place.role === 'version' ? [{ ...place, dataKeys }] : [];
  });
  return { ...intent, dataKeys: intent.dataKeys.filter((_, index) => counts[index]), undo };
}
