import fc from 'fast-check';
import { RefusedCalls, type Asked, type Elsewhere } from '../../lambda/adapters/aws/refused-calls.ts';

class Refused extends Error {}
class OtherState extends Error {}
const refusals = (elsewhere?: Readonly<Record<string, Elsewhere>>): RefusedCalls =>
  new RefusedCalls(error => {
    if (error instanceof OtherState) return 'state';
    return error instanceof Refused ? 'refusal' : 'other';
  }, elsewhere);

/** A call that answers when it is told to. */
function pending(): {
  readonly send: () => Promise<string>;
  readonly answer: () => void;
  readonly refuse: () => void;
} {
  let [answer, refuse] = [(): void => undefined, (): void => undefined];
  const promise = new Promise<string>((resolve, reject) => {
    answer = () => resolve('answer');
    refuse = () => reject(new Refused());
  });
  return { send: () => promise, answer, refuse };
}
const kindOf = (asked: Promise<Asked<string>>): Promise<string> =>
  asked
    .then(({ kind }) => kind)
    .catch((error: unknown) => (error instanceof Refused ? 'every record' : 'thrown'));

describe('a refused call', () => {
  it("is that record's own where the call works for another one, whichever answers first", async () => {
    const [calls, one, other] = [refusals(), pending(), pending()];
    const first = kindOf(calls.ask('copy', 'a', one.send));
    const second = kindOf(calls.ask('copy', 'b', other.send));
    one.refuse();
    other.answer();
    expect(await Promise.all([first, second])).toEqual(['refused', 'answered']);
    expect(await kindOf(calls.ask('copy', 'c', () => Promise.reject(new Refused())))).toBe('refused');
  });

  it('concerns every record if a second one is refused, and none has worked', async () => {
    const calls = refusals();
    const ask = (record: string): Promise<string> =>
      kindOf(calls.ask('copy', record, () => Promise.reject(new Refused())));
    expect([await ask('a'), await ask('a'), await ask('b')]).toEqual(['refused', 'refused', 'every record']);
  });

  it('for the only record concerns that record alone', async () => {
    expect(await kindOf(refusals().ask('head', 'a', () => Promise.reject(new Refused())))).toBe('refused');
  });

  it('is distinguished from other calls, and from errors that refuse nothing', async () => {
    const calls = refusals();
    expect(await kindOf(calls.ask('head', 'a', () => Promise.resolve('x')))).toBe('answered');
    expect(await kindOf(calls.ask('copy', 'a', () => Promise.reject(new Refused())))).toBe('refused');
    expect(await kindOf(calls.ask('copy', 'b', () => Promise.reject(new OtherState())))).toBe('thrown');
    expect(await kindOf(calls.ask('copy', 'c', () => Promise.reject(new Refused())))).toBe('refused');
  });

  it('concerns every record only if dry-run calls for others are refused, too', async () => {
    const refuse = (): Promise<never> => Promise.reject(new Refused());
    const twice = async (elsewhere: Elsewhere, seen: readonly string[]): Promise<string> => {
      const calls = refusals({ copy: elsewhere });
      calls.saw(seen);
      await kindOf(calls.ask('copy', 'a', refuse));
      return kindOf(calls.ask('copy', 'b', refuse));
    };
    const tried: string[] = [];
    const trying =
      (answer: (record: string) => Promise<unknown>): Elsewhere =>
      record => {
        tried.push(record);
        return answer(record);
      };
    const state = (): Promise<never> => Promise.reject(new OtherState());
    const many = ['a', 'b', ...Array.from({ length: 50 }, (_, index) => `r${index}`)];
    expect(await twice(trying(state), many)).toBe('refused');
    expect(
      await twice(
        trying(() => Promise.resolve()),
        many,
      ),
    ).toBe('refused');
    expect(tried).toEqual(['r0', 'r0']);
    expect(
      await twice(
        trying(record => (record === 'r24' ? state() : refuse())),
        many,
      ),
    ).toBe('refused');
    tried.length = 0;
    expect(await twice(trying(refuse), many)).toBe('every record');
    expect(tried).toEqual(['r0', 'r12', 'r24', 'r36']);
    expect(
      await twice(
        trying(() => Promise.reject(new Error('no answer'))),
        many,
      ),
    ).toBe('every record');
    expect(await twice(trying(state), ['a', 'b'])).toBe('every record');
  });

  it('for many records at once is tried elsewhere only once', async () => {
    let tried = 0;
    const calls = refusals({
      copy: () => {
        tried++;
        return Promise.reject(new OtherState());
      },
    });
    calls.saw(['z']);
    const asked = ['a', 'b', 'c', 'd'].map(record =>
      kindOf(calls.ask('copy', record, () => Promise.reject(new Refused()))),
    );
    expect(await Promise.all(asked)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(tried).toBe(1);
  });

  it('never ends a run that has moved a record, and ends one in which two were refused and none was moved', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        order,
        async (works, answers) => {
          const calls = refusals();
          const sent = works.map(() => pending());
          const kinds = sent.map(({ send }, index) => kindOf(calls.ask('copy', `r${index}`, send)));
          for (const index of answers)
            if (works[index] === true) sent[index]!.answer();
            else sent[index]!.refuse();
          const expected = works.map(one =>
            one ? 'answered' : works.includes(true) ? 'refused' : 'every record',
          );
          expect(await Promise.all(kinds)).toEqual(expected);
        },
      ),
    );
  });
});
