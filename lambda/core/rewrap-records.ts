import { planChanges } from './change/plan-changes.ts';
import type { BoundFormat } from './model/format.ts';
import type { PlannedKey } from './model/key-use.ts';
import type { Outcome } from './model/outcome.ts';
import type { PlannedRoute } from './model/route.ts';
import type { StoreRecord } from './model/record.ts';
import type { KeyService, RecordStore } from './ports.ts';
import { Attempts } from './reencrypt/attempts.ts';
import { reencryptPage, type PageAnswer } from './reencrypt/reencrypt-page.ts';
import { findDataKeys, type Found } from './scan/find-data-keys.ts';
import { ALL_THE_TIME } from './scan/turns.ts';
import { applyChanges } from './write/apply-changes.ts';

export interface RewrapPorts {
  readonly store: RecordStore;
  readonly keys: KeyService;
}

export interface Rewrapping {
  readonly format: BoundFormat;
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
  readonly route: PlannedRoute;
  /** KMS checks everything, and nothing is written. */
  readonly dryRun: boolean;
}

export interface Rewrapped {
  readonly found: Found;
  readonly outcome: Outcome;
}

/**
 * Re-wraps the data keys of a few records that somebody waits for: without units, checkpoints and journal. KMS is asked about
 * all of them before the first record is written, so that a refusal leaves everything as it was.
 */
export async function rewrapRecords(
  records: readonly StoreRecord[],
  rewrapping: Rewrapping,
  ports: RewrapPorts,
): Promise<readonly Rewrapped[]> {
  const { format, dryRun } = rewrapping;
  const found = findDataKeys(records, format);
  const answers = await asked(found, rewrapping, { keys: ports.keys, dryRun });
  const { changes, settled } = planChanges(answers, { format, records: ports.store });
  const applied = await applyChanges(changes, {
    ...{ records: ports.store, format, turns: ALL_THE_TIME },
    journal: () => Promise.resolve(),
  });
  const outcomes = found.map(one => ({ found: one, outcome: settled.get(one) ?? applied.get(one) }));
  return dryRun ? outcomes.map(known) : proven(outcomes.map(known), rewrapping, ports);
}

function known({
  found,
  outcome,
}: {
  readonly found: Found;
  readonly outcome: Outcome | undefined;
}): Rewrapped {
  if (outcome === undefined) throw new TypeError(`nothing is known of ${found.finding.slot}`);
  return { found, outcome };
}

function asked(
  found: readonly Found[],
  { sources, destination, route }: Rewrapping,
  { keys, dryRun }: { readonly keys: KeyService; readonly dryRun: boolean },
): Promise<readonly PageAnswer[]> {
  return reencryptPage(found, {
    ...{ keys, destination, route, dryRun, turns: ALL_THE_TIME },
    attempts: new Attempts(sources, destination),
  });
}

const NOT_OPENED = 'it was written, but KMS does not open it with the destination key when it is read again';

/** Reads the records again and has KMS open what was written, with the destination key and as a reader would. */
async function proven(
  outcomes: readonly Rewrapped[],
  rewrapping: Rewrapping,
  { store, keys }: RewrapPorts,
): Promise<readonly Rewrapped[]> {
  const { format } = rewrapping;
  const written = outcomes.filter(({ outcome }) => outcome.kind === 'rewrapped');
  const locators = [...new Set(written.map(({ found }) => found.record.locator))];
  const current = (await store.find(locators)).filter(record => record !== undefined);
  // Only the destination is asked.
  const opened = await asked(
    findDataKeys(current, format),
    { ...rewrapping, sources: [] },
    { keys, dryRun: true },
  );
  const good = new Set(
    opened.flatMap(({ found, answer }) =>
      answer.kind === 'settled' && answer.outcome.kind === 'already-current' ? [nameOf(found)] : [],
    ),
  );
  return outcomes.map(one =>
    one.outcome.kind !== 'rewrapped' || good.has(nameOf(one.found))
      ? one
      : { ...one, outcome: { kind: 'failed', reason: NOT_OPENED, source: one.outcome.source } },
  );
}

function nameOf({ record, finding }: Found): string {
  return JSON.stringify([record.locator, finding.slot]);
}
