import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { OLD_KEY } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { STREAM } from '../support/follow-world.ts';
import { createLedger } from '../support/ledger-table.ts';
import { placeAt, proof } from '../support/proofs.ts';

const OTHERS = 60;

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

async function listed<One>(all: AsyncIterable<One>): Promise<readonly One[]> {
  const list: One[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** How many items the Queries answer that something sends. */
async function itemsRead(client: DynamoDBClient, work: () => Promise<unknown>): Promise<number> {
  let read = 0;
  const name = 'countItems';
  client.middlewareStack.add(
    next => async args => {
      const answer = await next(args);
      read += (answer.output as { readonly ScannedCount?: number }).ScannedCount ?? 0;
      return answer;
    },
    { step: 'initialize', name },
  );
  await work();
  client.middlewareStack.remove(name);
  return read;
}

describe('the ledger, to a follower', () => {
  it('tells the proofs of its table, and reads none of the other places, however many there are', async () => {
    const table = await createLedger(aws.dynamodb, 'Proofs');
    const history = new LedgerHistory(aws.dynamodb, table);
    const places = Array.from({ length: OTHERS }, (_, at) => `dynamodb:us-east-1:Orders${at}`);
    const own = 'dynamodb:us-east-1:Orders';
    const near = [
      'dynamodb:eu-west-1:Orders',
      's3:us-east-1:Orders/',
      'dynamodb:us-east-1:222222222222:Orders',
    ];
    await history.rememberProofs([own, ...near, ...places].map(text => proof({ place: placeAt(text) })));
    await history.rememberProofs([proof({ place: placeAt(own), slot: 'another' })]);
    const found = await listed(history.proofsOf(placeAt(own)));
    expect(found.map(({ slot }) => slot).sort()).toEqual(['another', 'edk']);
    const read = (work: AsyncIterable<unknown>): Promise<number> =>
      itemsRead(aws.dynamodb, () => listed(work));
    expect([await read(history.proofsOf(placeAt(own))), await read(history.proofs())]).toEqual([
      2,
      2 + near.length + OTHERS,
    ]);
  });

  it('tells apart tables whose names are alike for as long as an id has room for', async () => {
    const table = await createLedger(aws.dynamodb, 'LongNames');
    const history = new LedgerHistory(aws.dynamodb, table);
    const names = ['a', 'b'].map(end => `dynamodb:us-east-1:${'x'.repeat(250)}${end}`);
    await history.rememberProofs(names.map(text => proof({ place: placeAt(text) })));
    const [found, ...others] = await listed(history.proofsOf(placeAt(names[1]!)));
    expect([found?.place.name.at(-1), others]).toEqual(['b', []]);
  });

  it('tells the proofs of all prefixes of a bucket that share objects with its own, and of no other', async () => {
    const table = await createLedger(aws.dynamodb, 'Prefixes');
    const history = new LedgerHistory(aws.dynamodb, table);
    const bucket = 's3:us-east-1:documents/';
    const sharing = [bucket, `${bucket}a/`, `${bucket}a/b/`];
    const others = [`${bucket}b/`, 's3:us-east-1:documents-2/', 's3:eu-west-1:documents/', `${bucket}a0`];
    await history.rememberProofs([...sharing, ...others].map(text => proof({ place: placeAt(text) })));
    const found = await listed(history.proofsOf(placeAt(`${bucket}a/`)));
    expect(found.map(({ place }) => `${bucket}${place.prefix}`).sort()).toEqual([...sharing].sort());
  });

  it('keeps, of each job, what is followed, since when, what was late, and when it ended', async () => {
    const book = new LedgerFollowBook(aws.dynamodb, await createLedger(aws.dynamodb, 'Follows'));
    const follow = { streams: [STREAM], untilQuietDays: 14 };
    expect(await book.deployed('orders', follow, 1)).toEqual({ follow, since: 1, late: {} });
    await Promise.all([
      book.saw('orders', new Map([[OLD_KEY, 2]]), 5),
      book.saw('orders', new Map([[OLD_KEY, 3]]), 5),
    ]);
    await book.looked('orders', 6);
    await book.end('orders', 7);
    await book.left('orders', 7);
    const state = { follow, since: 1, lateAt: 5, lookedAt: 6, leftAt: 7, endedAt: 7, late: { [OLD_KEY]: 5 } };
    expect(await book.deployed('orders', follow, 8)).toEqual(state);
    await book.deployed('notes', follow, 8);
    expect(await listed(book.all())).toEqual([
      { job: 'notes', state: { follow, since: 8, late: {} } },
      { job: 'orders', state },
    ]);
  });

  it('counts from the beginning again if something else is followed, or if nothing was in between', async () => {
    const book = new LedgerFollowBook(aws.dynamodb, await createLedger(aws.dynamodb, 'Anew'));
    const follow = { streams: [STREAM], untilQuietDays: 14 };
    await book.deployed('orders', follow, 1);
    expect(await book.deployed('orders', { ...follow, untilQuietDays: 7 }, 2)).toMatchObject({ since: 2 });
    await book.withdraw('orders', 3);
    expect(await book.state('orders')).toMatchObject({ withdrawnAt: 3 });
    expect(await book.deployed('orders', { ...follow, untilQuietDays: 7 }, 4)).toMatchObject({ since: 4 });
    expect(await book.state('orders')).not.toHaveProperty('withdrawnAt');
  });
});
