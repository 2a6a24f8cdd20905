import type { Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

/** What became of a question. */
export type Answered =
  | { readonly kind: 'answered'; readonly id: string; readonly assumed: string; readonly answer: string }
  /** The calls ended otherwise than any answer: nothing is known. */
  | { readonly kind: 'failed'; readonly id: string; readonly assumed: string; readonly error: string };

/** One after the other, because they are about the same things. */
export async function askAll(
  questions: readonly Question[],
  fixtures: Fixtures,
  told: (answered: Answered) => void = () => undefined,
): Promise<readonly Answered[]> {
  const all: Answered[] = [];
  for (const question of questions) {
    fixtures.signal?.throwIfAborted();
    const answered = await asked(question, fixtures);
    all.push(answered);
    told(answered);
  }
  return all;
}

async function asked({ id, assumed, ask }: Question, fixtures: Fixtures): Promise<Answered> {
  try {
    return { kind: 'answered', id, assumed, answer: await ask(fixtures) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (name === 'LimitReached' || name === 'AbortError') throw error;
    return { kind: 'failed', id, assumed, error: `${name}: ${message}` };
  }
}

export function isDifferent(answered: Answered): boolean {
  return answered.kind === 'answered' && answered.answer !== answered.assumed;
}
