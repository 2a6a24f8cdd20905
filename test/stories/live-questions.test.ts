import { QUESTIONS_ALONE } from '../live/bounds.ts';
import { COUNTED } from '../live/cost/meter.ts';
import { endJson, endText, exitCodeOf } from '../live/ends.ts';
import { liveRun, type Found } from '../live/live-run.ts';
import { NOT_ASKED } from '../live/questions/not-asked.ts';
import type { Question } from '../live/questions/question.ts';
import { QUESTIONS } from '../live/questions/registry.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { around, liveRunOf } from '../support/live.ts';

let aws: Embedded;
beforeEach(async () => (aws = await embedded()));
afterEach(() => aws.stop());

async function found(questions: readonly Question[]): Promise<Found> {
  const result = await liveRun(liveRunOf(aws.endpoint), around(questions));
  if (result.kind === 'refused') throw new Error(result.why);
  return result;
}

const question = (more: Partial<Question>): Question => ({
  ...{ id: 'of-a-test', service: 'KMS', open: '', where: [], calls: '', answers: ['blue', 'red'] },
  ...{ assumed: 'blue', ask: () => Promise.resolve('blue') },
  ...more,
});

describe('the questions of the live test, asked of the embedded AWS', () => {
  it('have the answers that are assumed, within the requests that are reckoned', async () => {
    const result = await found(QUESTIONS);
    const answers = result.answered.map(one => [one.id, one.kind === 'answered' ? one.answer : one.error]);
    expect(answers).toEqual(QUESTIONS.map(({ id, assumed }) => [id, assumed]));
    expect(exitCodeOf(result, false)).toBe(0);
    // Half, because AWS is asked more often whether it is done.
    for (const counted of COUNTED)
      expect(result.requests[counted]).toBeLessThanOrEqual(QUESTIONS_ALONE.requests[counted] / 2);
  });

  it('show an answer that differs, and end with exit code 1', async () => {
    const result = await found([question({ ask: () => Promise.resolve('red') })]);
    expect(exitCodeOf(result, false)).toBe(1);
    expect(endText(result, NOT_ASKED)).toMatch(/of-a-test.*blue.*red.*NO/);
    expect(endJson(result, [])).toMatchObject({ answers: [{ assumed: 'blue', answer: 'red', same: false }] });
  });

  it('know nothing of what could not be asked, and end with exit code 3', async () => {
    const result = await found([question({ ask: () => Promise.reject(new Error('no way')) })]);
    expect(exitCodeOf(result, false)).toBe(3);
    expect(endText(result, NOT_ASKED)).toContain('no answer: Error: no');
    expect(endJson(result, [])).toMatchObject({ answers: [{ same: null }] });
  });

  it('name what is not asked, with the reason', async () => {
    const result = await found([question({})]);
    const words = endText(result, NOT_ASKED);
    for (const { id, why } of NOT_ASKED) expect(words).toContain(`${id}: ${why}`);
  });

  it('end early where they ask for more than was reckoned, and leave nothing behind', async () => {
    const greedy = question({
      ask: async ({ here }) => {
        const { ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
        for (;;) await here.dynamodb.send(new ListTablesCommand({}));
      },
    });
    const result = await found([greedy]);
    expect(result.broken).toContain('LimitReached: 600 requests (dynamodb) were reckoned');
    expect(exitCodeOf(result, false)).toBe(3);
    expect(result.removed.map(({ removal }) => removal.kind)).not.toContain('failed');
  });
});
