import { isDeepStrictEqual } from 'node:util';
import { applied } from '../model/apply-change.ts';
import type { Finding } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { replacementOf } from '../journal/journal-page.ts';
import { isContextBound } from '../reencrypt/check-reply.ts';
import { digest } from '../scan/digest.ts';
import { partsOf, type PartOptions, type ToReplace } from './parts.ts';

/** A data key of a record with what will be written for it. */
type Pending = PageAnswer & { readonly answer: Extract<PageAnswer['answer'], { kind: 're-encrypted' }> };

type CheckOptions = PartOptions & { readonly format: BoundFormat };

/**
 * Before a record is overwritten it is certain that its reader will open it: the record is changed in memory and read
 * again as a reader would, and must hold the new ciphertext under the very context that KMS has encrypted it under. Where
 * it does not, the record stays as it is, and is named.
 */
export function checkChanges(answers: readonly PageAnswer[], options: CheckOptions): readonly PageAnswer[] {
  const pending = new Map<StoreRecord, Pending[]>();
  for (const { found, answer } of answers)
    if (answer.kind === 're-encrypted')
      pending.set(found.record, [...(pending.get(found.record) ?? []), { found, answer }]);
  const wrong = new Map(
    [...pending].map(([record, of]) => [record, wrongWith(record, of, options)] as const),
  );
  return answers.map(one => {
    const reason = one.answer.kind === 're-encrypted' ? wrong.get(one.found.record) : undefined;
    return reason === undefined
      ? one
      : { ...one, answer: { kind: 'settled', outcome: { kind: 'unsupported', reason } } };
  });
}

const WOULD_NOT_OPEN =
  'what would be written would not open for its reader: another context, or another data key, would be read from the record; check the places that the job names';

/** Why a record stays as it is; `undefined` where it does not. */
function wrongWith(
  record: StoreRecord,
  pending: readonly Pending[],
  options: CheckOptions,
): string | undefined {
  const slots = pending.flatMap(one =>
    one.found.finding.kind === 'data-key'
      ? [{ ...one, replacement: replacementOf({ dataKey: one.found.finding, reply: one.answer.reply }) }]
      : [],
  );
  if (!opens(record, { written: pending, left: [] }, { slots, ...options })) return WOULD_NOT_OPEN;
  const parts = partsOf(record, slots, options);
  let between = record;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    between = changed(between, { slots: part, ...options });
    const [written, left] = [parts.slice(0, index + 1).flat(), parts.slice(index + 1).flat()];
    if (!opensAs(between, { written, left }, options)) return tooMany(pending.length, parts.length);
  }
  return undefined;
}

/** Parts are written one after the other: whoever reads in between, or after a crash, must open every data key. */
function tooMany(dataKeys: number, writes: number): string {
  return `its ${dataKeys} data keys are more than one write of its store takes (DynamoDB: 4 KB for an expression, 300 operators), and in ${writes} writes they would not open in between: they share a place, such as a key ARN; give each its own, or divide the record`;
}

interface Expected {
  readonly written: readonly Pending[];
  /** Those that are still as they were read. */
  readonly left: readonly Pending[];
}

type Change = CheckOptions & { readonly slots: readonly ToReplace[] };

function changed(record: StoreRecord, { slots, format }: Change): StoreRecord {
  return applied(
    record,
    format.replace(
      record,
      slots.map(({ replacement }) => replacement),
    ),
  );
}

function opens(record: StoreRecord, expected: Expected, change: Change): boolean {
  return opensAs(changed(record, change), expected, change);
}

function opensAs(record: StoreRecord, { written, left }: Expected, { format }: CheckOptions): boolean {
  const after = new Map(format.read(record).map(finding => [finding.slot, finding]));
  return (
    written.every(({ found, answer }) => isReadAs(after.get(found.finding.slot), answer)) &&
    left.every(({ found: { finding } }) => isDeepStrictEqual(after.get(finding.slot), finding))
  );
}

function isReadAs(finding: Finding | undefined, { reply, context }: Pending['answer']): boolean {
  if (finding?.kind !== 'data-key') return false;
  const held = finding.writeTo === undefined ? finding.ciphertext : finding.writeTo.ciphertext;
  if (held === undefined || finding.writeTo?.stale === true) return false;
  return (
    digest(held) === digest(reply.ciphertext) &&
    (!isContextBound(reply) || opensUnder(finding.readerContexts, context))
  );
}

function opensUnder(readers: readonly EncryptionContext[], context: EncryptionContext): boolean {
  return readers.some(reader => canonicalContext(reader) === canonicalContext(context));
}
