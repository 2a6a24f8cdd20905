import { BatchedUpdates, type BatchableUpdate } from '../../lambda/adapters/dynamodb/batched-updates.ts';
import type { BatchAnswer } from '../../lambda/adapters/dynamodb/batch-execute-statement-operation.ts';
import { TableCapacity } from '../../lambda/adapters/records/table-capacity.ts';
import { ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** The codes that a batch is answered with, or the error that it ends with. */
type Answer = readonly (string | undefined)[] | Error;

/** Writes to a DynamoDB that answers as it is told; by itself, a write says which one it is. */
function world(
  answer: (statements: number) => Answer,
  { limit = Infinity, units }: { limit?: number; units?: number } = {},
) {
  const clock = new VirtualClock();
  const ports = { now: () => clock.now(), sleep: (ms: number) => clock.sleep(ms) };
  const capacity = new TableCapacity({ read: Infinity, write: limit }, ports);
  const batches: string[][] = [];
  const alone: string[] = [];
  const refused: string[] = [];
  const send = async (input: {
    Statements?: { Statement?: string | undefined }[] | undefined;
  }): Promise<BatchAnswer> => {
    const statements = (input.Statements ?? []).map(({ Statement = '' }) => Statement);
    batches.push(statements);
    await Promise.resolve();
    const codes = answer(statements.length);
    if (codes instanceof Error) throw codes;
    return { codes, units };
  };
  const updates = new BatchedUpdates(
    { send: (input, around) => around(() => send(input)), refused: why => refused.push(why) },
    capacity,
  );
  const write = (item: string): BatchableUpdate => ({
    ...{ item, units: 2, statement: { Statement: item, Parameters: [] } },
    alone: () => {
      alone.push(item);
      return Promise.resolve(`alone: ${item}`);
    },
  });
  const sendAll = (...items: string[]) =>
    clock.run(Promise.all(items.map(item => updates.send(write(item)))));
  return { updates, batches, alone, refused, capacity, clock, sendAll };
}

const done = (statements: number): Answer => Array.from({ length: statements }, () => undefined);
const answered = (name: string, status: number, message = 'because'): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `item-${index}`);

describe('writes that are ready at the same time', () => {
  it('go in one request, and those that it reports as done are done', async () => {
    const { sendAll, batches, alone } = world(done);
    expect(await sendAll('a', 'b', 'c')).toEqual([undefined, undefined, undefined]);
    expect([batches, alone]).toEqual([[['a', 'b', 'c']], []]);
  });

  it('go in requests of 25, which do not wait for each other', async () => {
    const { sendAll, batches } = world(done);
    await sendAll(...names(60));
    expect(batches.map(({ length }) => length)).toEqual([25, 25, 10]);
  });

  it('go as they always did where there is one', async () => {
    const { sendAll, batches, alone } = world(done);
    expect(await sendAll('a')).toEqual(['alone: a']);
    expect([batches, alone]).toEqual([[], ['a']]);
  });

  it('are never two about one item', async () => {
    const { sendAll, batches } = world(done);
    await sendAll('a', 'b', 'a', 'c');
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });

  it.each([
    'ConditionalCheckFailed',
    'DuplicateItem',
    'InternalServerError',
    'ItemCollectionSizeLimitExceeded',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'ResourceNotFound',
    'ThrottlingError',
    'TransactionConflict',
    'ValidationError',
    'AccessDenied',
    'SomethingNew',
    '',
  ])('have the outcome that they have by themselves, if a statement is answered %j', async code => {
    const { sendAll, alone, refused } = world(() => [undefined, code, undefined]);
    expect(await sendAll('a', 'b', 'c')).toEqual([undefined, 'alone: b', undefined]);
    expect([alone, refused]).toEqual([['b'], []]);
  });

  it.each([
    ['fewer answers', 1],
    ['more answers', 4],
    ['no answers', 0],
  ])('go by themselves if there are %s than statements', async (_, count) => {
    const { sendAll } = world(() => done(count));
    expect(await sendAll('a', 'b', 'c')).toEqual(['alone: a', 'alone: b', 'alone: c']);
  });

  it.each([
    ['throttled', answered('ThrottlingException', 400)],
    ['an internal error', answered('InternalServerError', 500)],
    ['a lost connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['a caller whom AWS does not recognise', answered('ExpiredTokenException', 400)],
    ['no time left', new ServiceUnavailable('store.busy', 'no time')],
  ])('all end as a single one would: %s', async (_, error) => {
    const { sendAll, alone, refused } = world(() => error);
    await expect(sendAll('a', 'b')).rejects.toBe(error);
    expect([alone, refused]).toEqual([[], []]);
  });

  it.each([
    ['denied', answered('AccessDeniedException', 400), /AccessDeniedException: because/],
    ['an unknown operation', answered('UnknownOperationException', 400), /UnknownOperationException/],
    ['refused as a whole', answered('ValidationException', 400), /ValidationException/],
    ['an answer that cannot be read', answered('UnreadableAnswer', 200), /UnreadableAnswer/],
  ])('go by themselves from then on, and it is said once: %s', async (_, error, words) => {
    const { updates, sendAll, refused } = world(() => error);
    expect(await sendAll(...names(30))).toEqual(names(30).map(item => `alone: ${item}`));
    expect(updates.areAllowed).toBe(false);
    expect(refused).toEqual([expect.stringMatching(words)]);
  });

  it.each(['AccessDenied', 'ValidationError'])(
    'go by themselves from then on if every statement is answered %s',
    async code => {
      const { updates, sendAll, refused } = world(statements =>
        Array.from({ length: statements }, () => code),
      );
      expect(await sendAll('a', 'b')).toEqual(['alone: a', 'alone: b']);
      expect([updates.areAllowed, refused]).toEqual([false, [`each statement: ${code}`]]);
    },
  );

  it('take no more units than a worker may use in a second, where the capacity of the table is bounded', async () => {
    const { sendAll, batches, alone } = world(done, { limit: 9 });
    await sendAll(...names(11));
    // Two units each, and 9 a second.
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 3]);
    expect(alone).toEqual([]);
  });

  it('wait for all of their units, so that no more is used than the limit gives', async () => {
    const { sendAll, capacity, clock } = world(statements => done(statements), { limit: 10, units: 10 });
    await sendAll(...names(50));
    // 100 units at 10 a second, of which the first ones wait, too.
    expect(clock.now() / 1_000).toBeGreaterThanOrEqual(9);
    expect(clock.now() / 1_000).toBeLessThan(12);
    expect(capacity.takeConsumed().write?.units).toBe(100);
  });

  it('delay what comes next by what they took in excess', async () => {
    const { sendAll, clock } = world(done, { limit: 10, units: 40 });
    await sendAll(...names(5));
    const before = clock.now();
    await sendAll(...names(5));
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
  });

  it('are none where a second has room for one write', async () => {
    const { sendAll, batches, alone } = world(done, { limit: 3 });
    await sendAll('a', 'b', 'c');
    expect([batches, alone]).toEqual([[], ['a', 'b', 'c']]);
  });

  it.each([Infinity, 100])(
    'are none for a while after one of them was throttled, with a limit of %d',
    async limit => {
      const { updates, sendAll, clock } = world(
        () => [undefined, 'ProvisionedThroughputExceeded', undefined],
        {
          ...{ units: 4, limit },
        },
      );
      await sendAll('a', 'b', 'c');
      expect(updates.areAllowed).toBe(false);
      await clock.run(clock.sleep(60_000));
      expect(updates.areAllowed).toBe(true);
    },
  );

  it('count what the table says they took', async () => {
    const { sendAll, capacity } = world(done, { units: 7 });
    await sendAll('a', 'b');
    expect(capacity.takeConsumed().write?.units).toBe(7);
  });

  it('count what failed conditions take, where the table says nothing', async () => {
    const { sendAll, capacity } = world(() => [
      'ConditionalCheckFailed',
      'ConditionalCheckFailed',
      'ValidationError',
    ]);
    await sendAll('a', 'b', 'c');
    expect(capacity.takeConsumed().write?.units).toBe(4);
  });
});
