import Table from 'cli-table3';
import { isDifferent, type Answered } from './questions/asking.ts';
import type { NotAsked } from './questions/question.ts';

/** The table of answers, and what was not asked. */
export function answersText(answered: readonly Answered[], notAsked: readonly NotAsked[]): string {
  const table = new Table({
    head: ['question', 'assumed', 'answered', 'same?'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, 30, 30, 8],
  });
  for (const one of answered) table.push([one.id, one.assumed, answerOf(one), sameness(one)]);
  const others = notAsked.flatMap(({ id, why, byHand }) => [
    `  ${id}: ${why}`,
    ...(byHand === undefined ? [] : [`    by hand: ${byHand}`]),
  ]);
  return [table.toString(), 'Not asked:', ...others].join('\n');
}

function answerOf(one: Answered): string {
  return one.kind === 'answered' ? one.answer : `no answer: ${one.error}`;
}

function sameness(one: Answered): string {
  if (one.kind === 'failed') return '?';
  return isDifferent(one) ? 'NO' : 'yes';
}
