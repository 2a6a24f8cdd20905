import { exitCodeOf } from '../live/ends.ts';
import { clean, liveRun } from '../live/live-run.ts';
import type { Question } from '../live/questions/question.ts';
import { Ledger } from '../live/things/ledger.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { around, liveRunOf, RUN } from '../support/live.ts';

let aws: Embedded;
beforeEach(async () => (aws = await embedded()));
afterEach(() => aws.stop());

/** What was asked of the embedded AWS. */
const asked = (): readonly string[] =>
  aws.aws.meter.read().requests.map(({ service, requests }) => `${service}: ${requests}`);

describe('a live test', () => {
  it('asks who it is, and nothing else, in another account than the one that was named', async () => {
    const result = await liveRun(liveRunOf(aws.endpoint, { account: '444455556666' }), around([]));
    expect(result).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('nothing was made') as unknown,
    });
    expect(exitCodeOf(result, false)).toBe(2);
    expect(asked()).toEqual(['sts: 1']);
  });

  it('makes nothing if STS does not answer', async () => {
    aws.aws.faults.inject({ service: 'sts', error: 'ExpiredToken', status: 403, count: 9 });
    const why = expect.stringContaining('(ExpiredToken: ') as unknown;
    expect(await liveRun(liveRunOf(aws.endpoint), around([]))).toMatchObject({ kind: 'refused', why });
    expect(asked().filter(one => !one.startsWith('sts'))).toEqual([]);
  });

  it('asks nothing at all if it may cost more than the limit, and shows the arithmetic', async () => {
    const said: string[] = [];
    const limit = liveRunOf(aws.endpoint, { dollars: 0.01 });
    const result = await liveRun(limit, around([], { say: words => said.push(words) }));
    expect(result).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('--at-most 0.01') as unknown,
    });
    expect(said.join('\n')).toMatch(/KMS keys, in key-months: .* × \$1 × 2/);
    expect(asked()).toEqual([]);
  });

  it('cleans nothing in another account than that of the ledger', async () => {
    const surroundings = around([]);
    Ledger.begin(surroundings.ledgers, RUN);
    const target = {
      ...liveRunOf(aws.endpoint, { account: '444455556666' }),
      kind: 'clean',
      id: RUN.id,
    } as const;
    expect(await clean(target, surroundings)).toMatchObject({ kind: 'refused' });
    expect(asked()).toEqual([]);
  });

  it('that is interrupted removes what it has made until then, and ends with exit code 4', async () => {
    const controller = new AbortController();
    const first: Question = {
      ...{ id: 'first', service: 'KMS', open: '', where: [], calls: '', answers: ['a', 'b'], assumed: 'a' },
      ask: async () => {
        controller.abort();
        return 'a';
      },
    };
    const never: Question = {
      ...first,
      id: 'never',
      ask: () => Promise.reject(new Error('asked all the same')),
    };
    const result = await liveRun(
      liveRunOf(aws.endpoint),
      around([first, never], { signal: controller.signal }),
    );
    expect(result).toMatchObject({ kind: 'done', broken: 'it was interrupted', answered: [{ id: 'first' }] });
    expect(exitCodeOf(result, true)).toBe(4);
    const kinds = result.kind === 'done' ? result.removed.map(({ removal }) => removal.kind) : [];
    expect(kinds).toHaveLength(8);
    expect(new Set(kinds)).toEqual(new Set(['removed', 'pending']));
  });
});
