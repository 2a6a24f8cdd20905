import pMap from 'p-map';
import type { Turns } from '../account/turns.ts';
import type { UndoPlace } from '../journal/entries.ts';
import { replacementOf } from '../journal/journal-page.ts';
import { placeDigest, undoOf } from '../journal/undo.ts';
import type { DataKey, Finding } from '../model/data-key.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RecordStore, WriteResult } from '../ports.ts';
import type { RecordChange, StoreRecord } from '../model/record.ts';
import { canonicalContext } from '../model/encryption-context.ts';
import { applied } from '../model/apply-change.ts';
import type { BoundFormat } from '../model/format.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { isContextBound, type Reply } from '../reencrypt/check-reply.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { partsOf, type ToReplace } from './parts.ts';

export interface Written {
  readonly found: Found;
  readonly outcome: Outcome;
}

/** A record with the replacements for some of its slots. */
interface PendingWrite {
  readonly record: StoreRecord;
  readonly slots: readonly Slot[];
}

type Slot = ToReplace & { readonly found: Found } & Pick<
    Extract<PageAnswer['answer'], { kind: 're-encrypted' }>,
    'reply' | 'context'
  >;

export interface WriteOptions {
  readonly records: RecordStore;
  readonly format: BoundFormat;
}

/**
 * Puts the new ciphertexts of a page where the old ones are, as long as there is time, and says what became of every data
 * key: of those that were not written, nothing.
 */
export async function writePage(
  answers: readonly PageAnswer[],
  { turns, ...options }: WriteOptions & { readonly turns: Turns },
): Promise<readonly Written[]> {
  let busy: ServiceUnavailable | undefined;
  const written = await pMap(
    pendingWrites(answers),
    async pending => {
      const end = busy === undefined ? turns.begin() : undefined;
      if (end === undefined) return [];
      try {
        return await writeRecord(pending, options);
      } catch (error) {
        busy = storeIsBusy(error);
        return [];
      } finally {
        end();
      }
    },
    { concurrency: turns.inFlight },
  );
  // What was written is accounted for first; an invocation that has written nothing has nothing to say but this.
  if (busy !== undefined && written.flat().length === 0) throw busy;
  const outcomes = new Map(written.flat().map(({ found, outcome }) => [found, outcome]));
  return answers.flatMap(({ found, answer }) => {
    const outcome = answer.kind === 'settled' ? answer.outcome : outcomes.get(found);
    return outcome === undefined ? [] : [{ found, outcome }];
  });
}

/** The store takes no more in this invocation; any other error ends the worker. */
function storeIsBusy(error: unknown): ServiceUnavailable {
  if (error instanceof ServiceUnavailable && error.code === 'store.busy') return error;
  throw error;
}

function pendingWrites(answers: readonly PageAnswer[]): readonly PendingWrite[] {
  const byRecord = new Map<StoreRecord, Slot[]>();
  for (const { found, answer } of answers) {
    if (answer.kind !== 're-encrypted') continue;
    const slots = byRecord.get(found.record) ?? [];
    const { reply, context } = answer;
    const replacement = replacementOf({ dataKey: found.finding as DataKey, reply });
    slots.push({ found, reply, context, replacement });
    byRecord.set(found.record, slots);
  }
  return [...byRecord].map(([record, slots]) => ({ record, slots }));
}

/** In as many writes as the store takes it in, one after the other: each goes on from the record as the last has left it. */
async function writeRecord(pending: PendingWrite, options: WriteOptions): Promise<readonly Written[]> {
  const written: Written[] = [];
  let { record } = pending;
  for (const part of partsOf(record, pending.slots, options)) {
    const done = await writePart({ record, slots: part }, options);
    written.push(...done.written);
    record = done.record;
  }
  return written;
}

interface WrittenPart {
  readonly written: readonly Written[];
  /** As it is now, as far as is known. */
  readonly record: StoreRecord;
}

async function writePart(
  { record, slots }: PendingWrite,
  { records, format }: WriteOptions,
): Promise<WrittenPart> {
  const replacements = slots.map(({ replacement }) => replacement);
  const change = format.replace(record, replacements);
  const first = await records.write(record, change);
  if (first.kind !== 'precondition-failed')
    return {
      written: slots.map(slot => ({ found: slot.found, outcome: outcomeOf(first, slot.reply) })),
      record: first.kind === 'written' ? applied(record, change) : record,
    };

  const current = await records.reread(record);
  if (current?.hidden !== undefined) {
    const result = { kind: 'blocked', reason: current.hidden } as const;
    return {
      written: slots.map(slot => ({ found: slot.found, outcome: outcomeOf(result, slot.reply) })),
      record,
    };
  }
  const standings = slots.map(slot => standingOf(slot, current, format));
  const stillOld = replacements.filter((_, index) => standings[index] === 'old');
  const again = current !== undefined && stillOld.length > 0 ? format.replace(current, stillOld) : undefined;
  const second =
    current !== undefined &&
    again !== undefined &&
    isJournalled(current, again, journalledUndo(record, change))
      ? await records.write(current, again)
      : undefined;
  const written = slots.map((slot, index) => ({
    found: slot.found,
    outcome: outcomeAfterRace(standings[index] ?? 'other', slot.reply, second),
  }));
  if (current === undefined) return { written, record };
  return { written, record: again && second?.kind === 'written' ? applied(current, again) : current };
}

/** What the intent of a first write holds: of a record that is to be made, nothing. */
function journalledUndo(record: StoreRecord, change: RecordChange): readonly UndoPlace[] {
  return record.absent === undefined ? undoOf(record, change) : [];
}

/**
 * Whether a rollback that has only the first write's intents would put back what a second write replaces: whatever it
 * writes as the first would have, lay there as it lay before the first. What it writes otherwise, a rollback leaves alone.
 */
function isJournalled(current: StoreRecord, again: RecordChange, journalled: readonly UndoPlace[]): boolean {
  return undoOf(current, again).every(({ path, before, afterDigest }) => {
    const known = journalled.find(place => placeDigest(place.path) === placeDigest(path));
    if (known === undefined) return false;
    return known.afterDigest !== afterDigest || placeDigest(known.before) === placeDigest(before);
  });
}

/** What a slot holds after a lost race: our own new ciphertext (the answer got lost), still the old one, or another's. */
type Standing = 'ours' | 'old' | 'other';

function standingOf(slot: Slot, current: StoreRecord | undefined, format: BoundFormat): Standing {
  const { found, reply } = slot;
  const now = current && format.read(current).find(finding => finding.slot === found.finding.slot);
  if (now === undefined) return 'other';
  if (writtenDigest(now) === digest(reply.ciphertext)) return 'ours';
  if (!isStillRightFor(now, slot)) return 'other';
  const sameSource = sourceDigest(now) !== undefined && sourceDigest(now) === sourceDigest(found.finding);
  return sameSource && writtenDigest(now) === writtenDigest(found.finding) ? 'old' : 'other';
}

/** The context that the new ciphertext is under is still one that the record, once written, gives its reader. */
function isStillRightFor(now: Finding, { reply, context }: Slot): boolean {
  if (now.kind !== 'data-key') return false;
  return (
    !isContextBound(reply) ||
    now.contexts.some(({ destination }) => canonicalContext(destination) === canonicalContext(context))
  );
}

function sourceDigest(finding: Finding): string | undefined {
  return 'ciphertext' in finding ? digest(finding.ciphertext) : undefined;
}

/** Of what lies where the new ciphertext goes; `undefined` where nothing does. */
function writtenDigest(finding: Finding): string | undefined {
  if (finding.kind !== 'data-key' || finding.writeTo === undefined) return sourceDigest(finding);
  return finding.writeTo.ciphertext && digest(finding.writeTo.ciphertext);
}

function outcomeAfterRace(standing: Standing, reply: Reply, second: WriteResult | undefined): Outcome {
  switch (standing) {
    case 'ours':
      return outcomeOf({ kind: 'written' }, reply);
    case 'old':
      return outcomeOf(second ?? { kind: 'precondition-failed' }, reply);
    case 'other':
      return outcomeOf({ kind: 'precondition-failed' }, reply);
  }
}

function outcomeOf(result: WriteResult, { source, destination }: Reply): Outcome {
  switch (result.kind) {
    case 'written':
      return { kind: 'rewrapped', source, destination };
    case 'precondition-failed':
      return {
        kind: 'moved-by-another-writer',
        reason: 'changed or deleted between reading and writing; left as that writer left it',
        source,
      };
    case 'blocked':
      return { kind: 'blocked', reason: result.reason, source };
    case 'unavailable':
      return { kind: 'failed', reason: result.reason, source };
  }
}
