import { PatientRecords } from '../../lambda/adapters/records/patient-records.ts';
import { keepMoving } from '../../lambda/core/account/keep-moving.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import type { WriteResult } from '../../lambda/core/ports.ts';
import { nextTry, type Tried } from '../../lambda/core/write/next-try.ts';
import { WriteRoom } from '../../lambda/core/write/write-room.ts';
import { item, OLD_KEY, scope, UNIT } from '../support/builders.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';

const MINUTE = 60_000;
const THROTTLED: WriteResult = { kind: 'unavailable', reason: 'ThrottlingException', busy: 'throttled' };
const CONTENDED: WriteResult = {
  kind: 'unavailable',
  reason: 'ReplicatedWriteConflictException',
  busy: 'contended',
};

/** Ports in which time passes only by waiting, and the table behind a patient store. */
function patient(invocationMs: number, changes: Partial<FakePorts> = {}) {
  const ports = fakePorts(changes);
  const time = { now: 0 };
  const clock = { now: () => time.now };
  const deadline = { remaining: () => invocationMs - time.now };
  const wait = (ms: number): Promise<void> => {
    time.now += ms;
    return Promise.resolve();
  };
  const records = new PatientRecords(ports.records, 'dynamodb:Orders', {
    ...{ clock, deadline, wait },
    random: () => 1,
  });
  for (let index = 0; index < 4; index++)
    ports.records.put(
      item(`o-${index}`, {
        tenant: { S: 'acme' },
        edk: { B: ports.keys.encrypt(OLD_KEY, `secret ${index}`, { tenant: 'acme' }) },
      }),
    );
  const work = (pageSize = 10) =>
    keepMoving(UNIT, 'migrate', ports.ledger, () =>
      migrateUnit(scope({ pageSize }), { ...ports, records, clock, deadline }),
    );
  return { ports, time, clock, work };
}

describe('a table that is throttled', () => {
  it('for ten minutes slows the worker down, and fails no data key', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = () => (time.now < 10 * MINUTE ? THROTTLED : undefined);
    const { done, books } = await work();
    expect([done, books.outcomes]).toEqual([true, { rewrapped: 4 }]);
    expect(time.now).toBeGreaterThan(10 * MINUTE);
  });

  it('for longer than an invocation lasts ends it with an error that names table and cure, and accounts for nothing', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = () => THROTTLED;
    await expect(work()).rejects.toThrow(
      /^dynamodb:Orders is overloaded.*ThrottlingException.*raise its capacity.*start the same job again/,
    );
    await expect(work()).rejects.toThrow(ServiceUnavailable);
    expect(time.now).toBeLessThan(15 * MINUTE);
    expect(ports.ledger.checkpoints.size).toBe(0);
    expect(ports.journal.outcomes).toEqual([]);
  });

  it('after some pages ends the invocation with what is done, and the next one continues', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    let taken = 0;
    ports.records.beforeWrite = () => (taken++ >= 2 && time.now < 20 * MINUTE ? THROTTLED : undefined);
    const first = await work(2);
    expect([first.done, first.pages, first.books.outcomes]).toEqual([false, 1, { rewrapped: 2 }]);
    time.now = 20 * MINUTE;
    const next = patient(40 * MINUTE, ports);
    ports.records.beforeWrite = () => undefined;
    const { done, books } = await next.work(2);
    expect([done, books.outcomes]).toEqual([true, { rewrapped: 4 }]);
  });

  it('in its reads is waited for as well', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    const readPage = ports.records.readPage.bind(ports.records);
    ports.records.readPage = (...asked) =>
      time.now < 5 * MINUTE
        ? Promise.reject(
            Object.assign(new Error('too fast'), { name: 'ProvisionedThroughputExceededException' }),
          )
        : readPage(...asked);
    expect((await work()).books.outcomes).toEqual({ rewrapped: 4 });
  });

  it('for one record alone, from the beginning to the end of an invocation, fails that record and no other', async () => {
    const { ports, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = ({ locator }) => (locator.includes('o-1') ? THROTTLED : undefined);
    const { done, books } = await work();
    expect([done, books.outcomes]).toEqual([true, { rewrapped: 3, failed: 1 }]);
  });

  it('shortly before the end of an invocation fails no record: the next one begins with it', async () => {
    const { ports, work } = patient(2 * MINUTE);
    ports.records.beforeWrite = ({ locator }) => (locator.includes('o-1') ? THROTTLED : undefined);
    expect(await work()).toMatchObject({ done: false, books: { records: 1, outcomes: { rewrapped: 1 } } });
    ports.records.beforeWrite = () => THROTTLED;
    await expect(work()).rejects.toThrow(ServiceUnavailable);
  });

  it('may have taken a write all the same: that is seen, and not made again', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    ports.records.afterWrite = () => (time.now === 0 ? THROTTLED : { kind: 'written' });
    expect((await work()).books.outcomes).toEqual({ rewrapped: 4 });
    expect(ports.records.writes).toHaveLength(4);
  });
});

describe('a record that another write holds', () => {
  it('is tried for as long as there is time', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = () => (time.now < 5 * MINUTE ? CONTENDED : undefined);
    expect((await work()).books.outcomes).toEqual({ rewrapped: 4 });
  });

  it('is failed at the end of the time, and does not stop the others', async () => {
    const { ports, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = ({ locator }) => (locator.includes('o-1') ? CONTENDED : undefined);
    expect((await work()).books.outcomes).toEqual({ rewrapped: 3, failed: 1 });
  });
});

describe('any other trouble of a store', () => {
  it('is not waited for: an error of one record must not hold the worker up', async () => {
    const { ports, time, work } = patient(15 * MINUTE);
    ports.records.beforeWrite = () => ({ kind: 'unavailable', reason: 'InternalServerError' });
    expect((await work()).books.outcomes).toEqual({ failed: 4 });
    expect(time.now).toBe(0);
  });
});

describe('the wait before the next try', () => {
  const tried = (changes: Partial<Tried> = {}): Tried => ({
    ...{ busy: 'throttled', times: 1, waitedMs: 0, remainingMs: 15 * MINUTE, takesOthers: false },
    ...changes,
  });

  it('grows, up to half a minute, and is drawn from its upper half', () => {
    const waits = (random: number) =>
      [1, 2, 3, 7, 30].map(times => {
        const next = nextTry(tried({ times }), random);
        return next.kind === 'after' ? next.waitMs : next.kind;
      });
    expect(waits(1)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    expect(waits(0)).toEqual([250, 500, 1_000, 15_000, 15_000]);
  });

  it('never reaches into the last ten seconds of an invocation', () => {
    expect(nextTry(tried({ remainingMs: 10_500 }), 1)).toEqual({ kind: 'next-invocation' });
    expect(nextTry(tried({ remainingMs: 10_501 }), 1)).toEqual({ kind: 'after', waitMs: 500 });
  });
});

describe('the writes in flight', () => {
  /** Sends `count` writes, as many at a time as there is room for, and returns the largest number in flight at one time. */
  async function inFlight(room: WriteRoom, count: number, answer: 'taken' | 'throttled'): Promise<number> {
    let [open, most] = [0, 0];
    await Promise.all(
      Array.from({ length: count }, async () => {
        const ticket = await room.enter();
        most = Math.max(most, ++open);
        await new Promise<void>(resolve => setImmediate(resolve));
        open--;
        room.leave(ticket, answer);
      }),
    );
    return most;
  }

  it('are halved each time that the store throttles, down to one, and grow again while it takes them', async () => {
    const room = new WriteRoom();
    expect(await inFlight(room, 32, 'throttled')).toBe(32);
    expect(room.size).toBe(16);
    for (let times = 0; times < 10; times++) await inFlight(room, room.size, 'throttled');
    expect(room.size).toBe(1);
    expect(await inFlight(room, 1, 'taken')).toBe(1);
    expect(await inFlight(room, 40, 'taken')).toBeLessThan(10);
    for (let times = 0; times < 40; times++) await inFlight(room, 32, 'taken');
    expect(room.size).toBe(32);
  });
});
