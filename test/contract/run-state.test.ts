import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { LedgerExpiry } from '../../lambda/adapters/state/ledger-expiry.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { afterPage, freshProgress, resumeUnit } from '../../lambda/core/account/unit-progress.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { UnitConflict } from '../../lambda/core/model/errors.ts';
import type { Ledger } from '../../lambda/core/ports.ts';
import type { Lease, ShareBook } from '../../lambda/core/rate/lease.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { begunProofs, proofIdOf } from '../../lambda/core/proof/plan-proofs.ts';
import { OLD_KEY, plan, planned, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { createLedger } from '../support/ledger-table.ts';
import { FakeLedger } from '../support/fake-ports.ts';
import { FakeShareBook } from '../support/fake-shares.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

let tables = 0;
async function embeddedLedger(): Promise<Ledger> {
  return new DynamoDbLedger(aws.dynamodb, await createLedger(aws.dynamodb, `Ledger${++tables}`));
}

const END = { position: { done: true }, books: EMPTY_BOOKS };

describe.each([
  ['the fake', () => Promise.resolve(new FakeLedger() as Ledger)],
  ['a table of the embedded AWS', embeddedLedger],
])('%s, as a ledger', (_, make) => {
  const fresh = freshProgress(UNIT, 'migrate');
  const first = afterPage(fresh, {
    position: { cursor: 'c1', done: false },
    books: { ...EMPTY_BOOKS, records: 3 },
  });

  it('starts a unit fresh, and continues from its last checkpoint', async () => {
    const ledger = await make();
    expect(await resumeUnit(UNIT, 'migrate', { ledger, from: [] })).toEqual(fresh);
    await ledger.checkpoint(first, 0);
    expect(await resumeUnit(UNIT, 'migrate', { ledger, from: [] })).toEqual(first);
    const last = afterPage(first, END);
    await ledger.checkpoint(last, 1);
    expect(await resumeUnit(UNIT, 'migrate', { ledger, from: [] })).toEqual(last);
  });

  it('lets only one of two invocations advance a unit', async () => {
    const ledger = await make();
    await ledger.checkpoint(first, 0);
    await expect(ledger.checkpoint(first, 0)).rejects.toBeInstanceOf(UnitConflict);
    await expect(ledger.checkpoint(afterPage(first, END), 7)).rejects.toBeInstanceOf(UnitConflict);
  });

  it('keeps the passes of a unit apart', async () => {
    const ledger = await make();
    await ledger.checkpoint(first, 0);
    const verify = freshProgress(UNIT, 'verify');
    expect(await resumeUnit(UNIT, 'verify', { ledger, from: [] })).toEqual(verify);
  });

  it('tells everybody about a broken premise', async () => {
    const ledger = await make();
    expect(await ledger.readControl('run-1')).toEqual({});
    await ledger.breakPremise('run-1', 'key is gone');
    expect(await ledger.readControl('run-1')).toMatchObject({ brokenPremise: 'key is gone' });
  });
});

describe('the ledger table', () => {
  it('keeps the first words about a broken premise, and lists all units of a run', async () => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    await ledger.breakPremise('run-1', 'first');
    await ledger.breakPremise('run-1', 'second');
    expect(await ledger.readControl('run-1')).toEqual({ brokenPremise: 'first' });
    for (const unitId of ['u00001', 'u00002'])
      await ledger.checkpoint(
        afterPage(freshProgress({ ...UNIT, unitId }, 'migrate'), {
          position: { done: true },
          books: EMPTY_BOOKS,
        }),
        0,
      );
    const units: string[] = [];
    for await (const { unitId } of ledger.units('run-1')) units.push(unitId);
    expect(units).toEqual(['u00001', 'u00002']);
  });
});

describe('what a run needs', () => {
  const NOW = Date.UTC(2026, 10, 21);
  const DAY_MS = 24 * 3600 * 1000;

  /** Days until each item of a run expires; `never` if it has no date. */
  async function days(runId: string): Promise<Record<string, number | 'never'>> {
    const { Items = [] } = await aws.dynamodb.send(
      new QueryCommand({
        TableName: `Ledger${tables}`,
        KeyConditionExpression: 'run = :run',
        ExpressionAttributeValues: { ':run': { S: runId } },
      }),
    );
    return Object.fromEntries(
      Items.map(({ item, expiresAt }) => [
        item?.S ?? '',
        expiresAt === undefined ? 'never' : (Number(expiresAt.N) * 1000 - NOW) / DAY_MS,
      ]),
    );
  }

  const moved = afterPage(freshProgress(UNIT, 'migrate'), {
    position: { cursor: 'c', done: false },
    books: EMPTY_BOOKS,
  });

  it('never expires before its end, however long it runs or is paused', async () => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    await ledger.checkpoint(moved, 0);
    await ledger.renewLease('run-1', 1);
    await ledger.pause('run-1', true);
    expect(await days('run-1')).toEqual({ CONTROL: 'never', 'migrate#u00001': 'never' });
  });

  it('loses an expiry date that an earlier version gave it', async () => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    for (const item of ['CONTROL', 'migrate#u00001'])
      await aws.dynamodb.send(
        new PutItemCommand({
          TableName: `Ledger${tables}`,
          Item: { run: { S: 'run-1' }, item: { S: item }, expiresAt: { N: '1' }, pages: { N: '0' } },
        }),
      );
    await ledger.checkpoint(moved, 0);
    await ledger.renewLease('run-1', 1);
    expect(await days('run-1')).toEqual({ CONTROL: 'never', 'migrate#u00001': 'never' });
  });

  it('expires some time after its end: its checkpoints after three months, its end together with its plan', async () => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    await ledger.checkpoint(moved, 0);
    await ledger.remember('run-1');
    const expiry = new LedgerExpiry(aws.dynamodb, `Ledger${tables}`);
    await expiry.letExpire('run-1', NOW, { remaining: () => 29_999 });
    expect(await days('run-1')).toEqual({ CONTROL: 'never', 'migrate#u00001': 'never' });
    await expiry.letExpire('run-1', NOW, { remaining: () => 60_000 });
    expect(await days('run-1')).toEqual({ CONTROL: 730, 'migrate#u00001': 90 });
  });

  it('is kept for longer where its item is throttled, and everything else expires', async () => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    await ledger.checkpoint(moved, 0);
    await ledger.checkpoint({ ...moved, unitId: 'u00002' }, 0);
    const throttled = Object.assign(new Error('no'), { name: 'ThrottlingException' });
    const name = 'throttlesOneItem';
    aws.dynamodb.middlewareStack.add(
      next => args =>
        JSON.stringify(args.input).includes('#u00001') ? Promise.reject(throttled) : next(args),
      { step: 'initialize', name },
    );
    try {
      await new LedgerExpiry(aws.dynamodb, `Ledger${tables}`).letExpire('run-1', NOW, {
        remaining: () => 60_000,
      });
    } finally {
      aws.dynamodb.middlewareStack.remove(name);
    }
    expect(await days('run-1')).toEqual({ 'migrate#u00001': 'never', 'migrate#u00002': 90 });
  });
});

describe('the rate in the ledger table', () => {
  it.each([
    [{ N: '8' }, 8],
    [{ N: '0' }, 0],
    [{ N: '-1' }, -1],
    [{ N: '1e30' }, 1e30],
    [{ S: ' 8 ' }, 8],
    [{ S: '' }, NaN],
    [{ S: 'fast' }, NaN],
    [{ BOOL: true }, NaN],
    [{ NULL: true }, NaN],
  ])('is read as it lies there, whoever has written it: %j', async (written, read) => {
    const ledger = (await embeddedLedger()) as DynamoDbLedger;
    await aws.dynamodb.send(
      new PutItemCommand({
        TableName: `Ledger${tables}`,
        Item: { run: { S: 'run-1' }, item: { S: 'CONTROL' }, kmsRequestsPerSecond: written as { S: string } },
      }),
    );
    expect(await ledger.readControl('run-1')).toEqual({ kmsRequestsPerSecond: read });
    await ledger.setRate('run-1', 20);
    expect(await ledger.readControl('run-1')).toEqual({ kmsRequestsPerSecond: 20 });
  });
});

describe.each([
  ['the fake', () => Promise.resolve(new FakeShareBook() as ShareBook)],
  [
    'a table of the embedded AWS',
    async () => {
      await embeddedLedger();
      return new LedgerShareBook(aws.dynamodb, `Ledger${tables}`);
    },
  ],
])('%s, as the book of shares', (_, make) => {
  const lease: Lease = {
    ...{ runId: 'run-1', work: 'migrate#u00001', holder: 'h1' },
    ...{ runRate: 500, share: 31.25, until: 1_000 },
  };

  it('writes a lease into a slot, by Region, for only one of two that saw the same, and takes it out again', async () => {
    const book = await make();
    expect(await book.read('us-east-1')).toEqual([]);
    expect(await book.write('us-east-1', { id: 'a', version: 0 }, lease)).toBe(true);
    expect(await book.write('us-east-1', { id: 'a', version: 0 }, lease)).toBe(false);
    expect(await book.write('us-east-1', { id: 'b', version: 0 }, lease)).toBe(true);
    expect(await book.read('eu-west-1')).toEqual([]);
    const [slot] = await book.read('us-east-1');
    expect(slot).toEqual({ id: 'a', version: 1, lease });
    expect(await book.write('us-east-1', slot!, undefined)).toBe(true);
    expect(await book.write('us-east-1', slot!, lease)).toBe(false);
    expect(await book.read('us-east-1')).toEqual([
      { id: 'a', version: 2 },
      { id: 'b', version: 1, lease },
    ]);
  });
});

describe('the locks of stores', () => {
  it('change for only one of two runs that read the same version, and are listed while they are held', async () => {
    await embeddedLedger();
    const locks = new LedgerStoreLocks(aws.dynamodb, `Ledger${tables}`);
    const holder = { runId: 'r1', job: 'orders', mode: 'migrate', prefix: '', since: 'now' } as const;
    expect(await locks.read('dynamodb:us-east-1:Orders')).toEqual({ version: 0, holders: [] });
    expect(await locks.replace('dynamodb:us-east-1:Orders', 0, [holder])).toBe(true);
    expect(await locks.replace('dynamodb:us-east-1:Orders', 0, [])).toBe(false);
    expect(await locks.read('dynamodb:us-east-1:Orders')).toEqual({ version: 1, holders: [holder] });
    const held = async (): Promise<readonly string[]> => {
      const names: string[] = [];
      for await (const { resource } of locks.held()) names.push(resource);
      return names;
    };
    expect(await held()).toEqual(['dynamodb:us-east-1:Orders']);
    expect(await locks.replace('dynamodb:us-east-1:Orders', 1, [])).toBe(true);
    expect(await held()).toEqual([]);
  });
});

describe('the latest run of a job', () => {
  it('has with it how often KMS has contradicted a journal of the job, for good and for all later runs', async () => {
    const table = await createLedger(aws.dynamodb, `Ledger${++tables}`);
    const [history, ledger] = [
      new LedgerHistory(aws.dynamodb, table),
      new DynamoDbLedger(aws.dynamodb, table),
    ];
    await history.rememberLatest(plan(), true);
    expect([
      (await history.latest('orders', 'migrate'))?.contradictions,
      await history.contradictions('orders'),
    ]).toEqual([undefined, 0]);
    await ledger.distrustJournals('orders');
    await ledger.distrustJournals('orders');
    await history.rememberLatest(plan({ runId: 'run-2' }), true);
    expect(await history.latest('orders', 'migrate')).toMatchObject({ runId: 'run-2', contradictions: 2 });
    expect([await history.contradictions('orders'), await history.contradictions('others')]).toEqual([2, 0]);
  });

  it('is remembered by mode, with whether it finished', async () => {
    await embeddedLedger();
    const history = new LedgerHistory(aws.dynamodb, `Ledger${tables}`);
    expect(await history.latest('orders', 'migrate')).toBeUndefined();
    await history.rememberLatest(plan(), false);
    expect(await history.latest('orders', 'migrate')).toMatchObject({ runId: 'run-1', finished: false });
    await history.rememberLatest(plan(), true);
    expect(await history.latest('orders', 'migrate')).toMatchObject({ finished: true });
    expect(await history.latest('orders', 'rollback')).toBeUndefined();
  });

  it('leaves the last one that finished and was no sample', async () => {
    await embeddedLedger();
    const history = new LedgerHistory(aws.dynamodb, `Ledger${tables}`);
    const lastFinished = async () => (await history.latest('orders', 'migrate'))?.lastFinished?.runId;
    await history.rememberLatest(plan({ runId: 'of-an-earlier-version' }), true);
    expect(await lastFinished()).toBeUndefined();
    await history.rememberLatest(plan({ runId: 'run-1', jobDigest: 'digest' }), true);
    await history.rememberLatest(plan({ runId: 'run-2', jobDigest: 'digest' }), false);
    await history.rememberLatest(plan({ runId: 'run-3', jobDigest: 'digest', sample: 5 }), true);
    expect(await history.latest('orders', 'migrate')).toMatchObject({
      runId: 'run-3',
      sampled: true,
      lastFinished: { runId: 'run-1', startedAt: plan().startedAt, jobDigest: 'digest' },
    });
  });

  it('is beside the time since which its schedule is known as it is', async () => {
    await embeddedLedger();
    const history = new LedgerHistory(aws.dynamodb, `Ledger${tables}`);
    expect(await history.knownSince('orders', 'first', 1)).toBe(1);
    expect(await history.knownSince('orders', 'first', 2)).toBe(1);
    expect(await history.knownSince('orders', 'second', 3)).toBe(3);
    expect(await history.knownSince('orders', 'first', 4)).toBe(4);
  });

  it('is remembered with its time, and the key that each alias of the job named', async () => {
    await embeddedLedger();
    const history = new LedgerHistory(aws.dynamodb, `Ledger${tables}`);
    const alias = 'arn:aws:kms:us-east-1:111122223333:alias/app';
    await history.rememberLatest(plan({ sources: [planned(OLD_KEY, { alsoKnownAs: [alias] })] }), true);
    expect(await history.latest('orders', 'migrate')).toMatchObject({
      startedAt: plan().startedAt,
      aliases: { [alias]: OLD_KEY },
    });
  });
});

describe('what is proven of a place', () => {
  it('is replaced by a later word of the same kind only: doubts do not vanish with what is proven of a part', async () => {
    await embeddedLedger();
    const history = new LedgerHistory(aws.dynamodb, `Ledger${tables}`);
    const [base] = begunProofs(plan());
    const { begun: _, ...ended } = base!;
    const known = async (proof: StoreProof) => {
      await history.rememberProofs([proof]);
      const all: string[] = [];
      for await (const { runId, verdict, begun = false } of history.proofs())
        all.push(`${runId} ${begun ? 'begun' : verdict}`);
      return all.sort();
    };
    const proven: StoreProof = { ...ended, verdict: 'proven', remaining: 0 };
    expect(await known(base!)).toEqual(['run-1 begun']);
    expect(await known(proven)).toEqual(['run-1 begun', 'run-1 proven']);
    expect(await known({ ...proven, runId: 'run-2' })).toEqual(['run-1 begun', 'run-2 proven']);
    expect(await known({ ...ended, runId: 'run-3' })).toEqual([
      'run-1 begun',
      'run-2 proven',
      'run-3 not-proven',
    ]);
    expect(await history.proof(proofIdOf(plan(), 0))).toMatchObject({ runId: 'run-2', verdict: 'proven' });
    expect(await history.proof('another')).toBeUndefined();
    expect(await known({ ...proven, runId: 'run-4', part: { words: 'x', sample: 5 } })).toHaveLength(4);
  });
});
