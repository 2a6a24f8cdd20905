import { outcomeEntry } from '../journal/journal-page.ts';
import type { OutcomeEntry } from '../journal/entries.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** What the write stage would have done, with nothing written: the new ciphertexts are dropped here. */
export function countWithoutWriting(
  scope: UnitScope,
  answers: readonly PageAnswer[],
): readonly OutcomeEntry[] {
  return answers.map(({ found, answer }) => {
    if (answer.kind === 'settled') return outcomeEntry(scope, found, answer.outcome);
    return outcomeEntry(scope, found, { kind: 'to-rewrap', source: answer.reply.source });
  });
}
