import { answersText } from './answers-text.ts';
import type { Found, Result } from './live-run.ts';
import { isDifferent } from './questions/asking.ts';
import type { NotAsked } from './questions/question.ts';
import { isDone, remainsText } from './things/outcome.ts';

/** As those of the command line: 0 as assumed, 1 not so, 2 refused, 3 not known, 4 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

export function exitCodeOf(result: Result, interrupted: boolean): ExitCode {
  if (result.kind === 'refused') return 2;
  if (interrupted) return 4;
  const { answered, steps, removed, broken } = result;
  const unknown = broken !== undefined || answered.some(({ kind }) => kind === 'failed');
  if (unknown || removed.some(({ removal }) => !isDone(removal))) return 3;
  return answered.some(isDifferent) || steps.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** What people read at the end. */
export function endText(found: Found, notAsked: readonly NotAsked[]): string {
  const { id, answered, steps, removed, requests, dollars, broken } = found;
  const remains = remainsText(removed);
  return [
    ...(answered.length > 0 ? [answersText(answered, notAsked)] : []),
    ...steps.map(
      ({ step, wrong }) => `${step}: ${wrong.length === 0 ? 'as it should be' : wrong.join('; ')}`,
    ),
    ...(broken === undefined ? [] : [`It did not come to its end: ${broken}`]),
    remains.length === 0 ? 'Nothing remains.' : 'What remains:',
    ...remains.map(line => `  ${line}`),
    `Requests of this process: ${Object.entries(requests)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}; some $${dollars.toFixed(4)}. The run: ${id}.`,
  ].join('\n');
}

/** What machines read. */
export function endJson(found: Found, notAsked: readonly NotAsked[]): object {
  const { kind: _, answered, ...rest } = found;
  return {
    ...rest,
    answers: answered.map(one => ({ ...one, same: one.kind === 'answered' ? !isDifferent(one) : null })),
    notAsked: notAsked.map(({ id, why }) => ({ id, why })),
  };
}
