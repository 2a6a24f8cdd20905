import { applied } from '../model/apply-change.ts';
import type { Finding } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { replacementOf } from '../journal/journal-page.ts';
import { isContextBound } from '../reencrypt/check-reply.ts';
import { digest } from '../scan/digest.ts';

/** A data key of a record with what will be written for it. */
type Pending = PageAnswer & { readonly answer: Extract<PageAnswer['answer'], { kind: 're-encrypted' }> };

/**
 * Before a record is overwritten it is certain that its reader will open it: the record is changed in memory and read
 * again as a reader would, and must hold the new ciphertext under the very context that KMS has encrypted it under. Where
 * it does not, the record stays as it is, and is named.
 */
export function checkChanges(answers: readonly PageAnswer[], format: BoundFormat): readonly PageAnswer[] {
  const pending = new Map<StoreRecord, Pending[]>();
  for (const { found, answer } of answers)
    if (answer.kind === 're-encrypted')
      pending.set(found.record, [...(pending.get(found.record) ?? []), { found, answer }]);
  const wrong = new Set([...pending].filter(([, of]) => !opens(of, format)).map(([record]) => record));
  return answers.map(one =>
    one.answer.kind === 're-encrypted' && wrong.has(one.found.record) ? { ...one, answer: LEFT } : one,
  );
}

const LEFT: PageAnswer['answer'] = {
  kind: 'settled',
  outcome: {
    kind: 'unsupported',
    reason:
      'what would be written would not open for its reader: another context, or another data key, would be read from the record; check the places that the job names',
  },
};

function opens(pending: readonly Pending[], format: BoundFormat): boolean {
  const record = pending[0]?.found.record;
  if (record === undefined) return true;
  const replacements = pending.flatMap(({ found: { finding }, answer: { reply } }) =>
    finding.kind === 'data-key' ? [replacementOf({ dataKey: finding, reply })] : [],
  );
  const after = format.read(applied(record, format.replace(record, replacements)));
  return pending.every(({ found, answer }) =>
    after.some(finding => finding.slot === found.finding.slot && isReadAs(finding, answer)),
  );
}

function isReadAs(finding: Finding, { reply, context }: Pending['answer']): boolean {
  if (finding.kind !== 'data-key') return false;
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
