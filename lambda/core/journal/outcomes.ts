import { storeName } from '../stores/places.ts';
import type { Outcome } from '../model/outcome.ts';
import { digest } from '../model/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import type { OutcomeEntry } from './entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';

/** The journal's line for what became of one data key. */
export function outcomeEntry(scope: UnitScope, found: Found, outcome: Outcome): OutcomeEntry {
  const { finding, record } = found;
  const ciphertext = 'ciphertext' in finding ? finding.ciphertext : undefined;
  return {
    schema: JOURNAL_SCHEMA,
    store: storeName(scope.store),
    locator: record.locator,
    slot: finding.slot,
    outcome: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason }),
    ...(ciphertext !== undefined && { digest: digest(ciphertext) }),
    ...('source' in outcome && { source: outcome.source }),
    ...(isCopied(found) && { copied: true }),
    ...('destination' in outcome && { destination: outcome.destination }),
    ...(outcome.kind === 'rewrapped' && { route: scope.plan.route.type }),
    ...('proof' in outcome && { proof: outcome.proof }),
  };
}

function isCopied({ finding, record }: Found): boolean {
  return record.absent !== undefined || (finding.kind === 'data-key' && finding.writeTo !== undefined);
}
