import fc from 'fast-check';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { AttributeMap, AttributeValue } from '../../lambda/core/model/record.ts';
import type { JournalledOutcome } from '../../lambda/core/journal/ports.ts';
import { fingerprintOf } from '../../lambda/core/scan/fingerprint.ts';
import { OutcomesBefore } from '../../lambda/core/journal/outcomes-before.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, object, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';

const DECLARED = [['envelope', 'dataKey'], ['keyArn']];

const text = fc.string({ maxLength: 5 });
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map(S => ({ S })),
  fc.uint8Array({ maxLength: 4 }).map(B => ({ B })),
  fc.integer().map(N => ({ N: String(N) })),
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map(SS => ({ SS })),
);
const besides = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'note'), value);

function record(map: AttributeMap, dataKey: AttributeValue | undefined, keyArn?: AttributeValue) {
  return item('1', {
    ...map,
    ...(keyArn !== undefined && { keyArn }),
    envelope: { M: { cipher: { S: 'AES' }, ...(dataKey !== undefined && { dataKey }) } },
  });
}

describe('a fingerprint', () => {
  it('is the same whatever the declared places hold', () => {
    fc.assert(
      fc.property(besides, value, value, (map, one, other) => {
        const plain = fingerprintOf(record(map, one), DECLARED);
        expect(fingerprintOf(record(map, other, one), DECLARED)).toBe(plain);
        expect(fingerprintOf(record(map, undefined), DECLARED)).toBe(plain);
      }),
    );
  });

  it('changes if anything else is changed, added or removed', () => {
    fc.assert(
      fc.property(besides, fc.constantFrom('a', 'd'), value, (map, name, changed) => {
        fc.pre(JSON.stringify(map[name]) !== JSON.stringify(changed));
        const plain = fingerprintOf(record(map, { S: 'k' }), DECLARED);
        expect(fingerprintOf(record({ ...map, [name]: changed }, { S: 'k' }), DECLARED)).not.toBe(plain);
      }),
    );
  });

  it('does not depend on the order of members and of the elements of a set', () => {
    const one = record({ a: { SS: ['x', 'y'] }, b: { M: { p: { S: '1' }, q: { S: '2' } } } }, { S: 'k' });
    const other = record({ b: { M: { q: { S: '2' }, p: { S: '1' } } }, a: { SS: ['y', 'x'] } }, { S: 'k' });
    expect(fingerprintOf(one, DECLARED)).toBe(fingerprintOf(other, DECLARED));
  });

  it('of an object covers its metadata, headers, class and length, but not its dates', () => {
    const declared = [['edk']];
    const plain = fingerprintOf(object('k', { edk: '1', note: 'n' }), declared);
    expect(
      fingerprintOf(object('k', { edk: '2', note: 'n' }, { lastModified: 9, etag: '"f"' }), declared),
    ).toBe(plain);
    const noted = (annotations: Readonly<Record<string, string>>) =>
      fingerprintOf(object('k', {}, { annotations }), [[{ part: 'annotation', name: 'edk' }]]);
    expect(noted({ edk: '2', note: 'n' })).toBe(noted({ edk: '1', note: 'n' }));
    expect(noted({ edk: '1', note: 'm' })).not.toBe(noted({ edk: '1', note: 'n' }));
    for (const changed of [
      object('k', { edk: '1', note: 'm' }),
      object('k', { edk: '1', note: 'n' }, { size: 2 }),
      object('k', { edk: '1', note: 'n' }, { storageClass: 'STANDARD_IA' }),
      object('k', { edk: '1', note: 'n' }, { headers: { contentType: 'text/plain' } }),
    ])
      expect(fingerprintOf(changed, declared)).not.toBe(plain);
  });
});

describe('fingerprints from before', () => {
  async function* entries(count: number): AsyncGenerator<JournalledOutcome> {
    const common = { schema: 3, store: 's', slot: 'edk', outcome: 'rewrapped', page: 0 } as const;
    for (let at = 0; at < count; at++) yield { ...common, locator: `r${at}`, fingerprint: `f${at}` };
    yield { ...common, locator: 'r3', fingerprint: 'of a page worked again' };
  }

  it('are found in the order of the unit, even if records are missing or were added', async () => {
    const before = new OutcomesBefore(entries(50));
    expect((await before.of('r0'))?.fingerprint).toBe('f0');
    expect(await before.of('added since')).toBeUndefined();
    for (const at of [3, 4, 40, 39]) expect((await before.of(`r${at}`))?.fingerprint).toBe(`f${at}`);
  });

  it('are held in a window, whatever the size of the unit, and a record that is not there does not move it', async () => {
    const before = new OutcomesBefore(entries(30_000));
    for (let at = 0; at <= 12_000; at += 4_000)
      expect((await before.of(`r${at}`))?.fingerprint).toBe(`f${at}`);
    for (const missing of ['x', 'y', 'z']) expect(await before.of(missing)).toBeUndefined();
    expect(await before.of('r12001')).toMatchObject({ fingerprint: 'f12001' });
    expect(await before.of('r8000')).toMatchObject({ fingerprint: 'f8000' });
    expect(await before.of('r0')).toBeUndefined();
    expect(await before.of('r29000')).toBeUndefined();
  });
});

describe('data keys that the migrate pass has found foreign', () => {
  const entry = (locator: string, slot: string, digest: string): JournalledOutcome => ({
    ...{ schema: 3, store: 's', page: 0, locator, slot, digest },
    outcome: slot === 'moved' ? 'rewrapped' : 'foreign-key',
  });

  it('are known by the digests of all slots of their record, within the same window', async () => {
    async function* entries(): AsyncGenerator<JournalledOutcome> {
      for (let at = 0; at < 20_000; at++)
        for (const slot of ['moved', 'first', 'second']) yield entry(`r${at}`, slot, `${slot} ${at}`);
    }
    const before = new OutcomesBefore(entries());
    for (let at = 0; at < 20_000; at += 4_000)
      expect((await before.of(`r${at}`))?.foreign).toEqual(new Set([`first ${at}`, `second ${at}`]));
    expect(await before.of('r0')).toBeUndefined();
  });
});

describe('a migration that compares fingerprints', () => {
  const asked = scope({ fingerprints: true, pageSize: 2 });
  async function migrated(): Promise<FakePorts> {
    const world = fakePorts();
    for (const id of ['a', 'b', 'c']) {
      const edk = { B: world.keys.encrypt(OLD_KEY, id, { tenant: 't' }) };
      world.records.put(item(id, { tenant: { S: 't' }, edk, note: { S: 'as it was' } }));
    }
    await migrateUnit(asked, world);
    return world;
  }
  const verify = async (world: FakePorts, given = asked) =>
    (await verifyUnit(given, { ...world, archive: world.journal })).books.fingerprints;

  it('finds every record unchanged if nobody else has written', async () => {
    expect(await verify(await migrated())).toEqual({ compared: 3, changed: 0, first: [] });
  });

  it('names a record that another writer has changed since', async () => {
    const world = await migrated();
    const { attributes } = [...world.records.items.values()][1]!;
    world.records.put(item('b', { ...attributes, note: { S: 'changed' } }));
    expect(await verify(world)).toEqual({
      compared: 3,
      changed: 1,
      first: [{ store: 'dynamodb:Orders', locator: JSON.stringify({ id: { S: 'b' } }) }],
    });
  });

  it('finds its place in the journal again, though the pages of the passes are of different sizes', async () => {
    const world = fakePorts();
    const put = (index: number): void => {
      const edk = { B: world.keys.encrypt(OLD_KEY, `${index}`, { tenant: 't' }) };
      world.records.put(item(`r${index}`, { tenant: { S: 't' }, edk }));
    };
    for (let index = 0; index < 60; index++) put(index);
    await migrateUnit(scope({ fingerprints: true, pageSize: 1 }), world);
    const wide = scope({ fingerprints: true, pageSize: 20 });
    const from: (number | undefined)[] = [];
    const archive = {
      outcomesOf: (unit: Unit, fromPage?: number) => {
        from.push(fromPage);
        return world.journal.outcomesOf(unit, fromPage);
      },
    };
    const verified = { ...world, archive };
    const first = await verifyUnit(wide, { ...verified, deadline: onePage(world) });
    expect(first).toMatchObject({ done: false, comparedTo: 19, books: { fingerprints: { compared: 20 } } });
    const last = await verifyUnit(wide, verified);
    expect(last.books.fingerprints).toMatchObject({ compared: 60, changed: 0 });
    expect(from.filter(page => page !== undefined)).toEqual([0, 14]);
  });

  it('says nothing about changes if the job does not ask', async () => {
    const world = await migrated();
    expect(await verify(world, scope({ pageSize: 2 }))).toBeUndefined();
    expect(world.journal.outcomes.every(({ fingerprint }) => fingerprint !== undefined)).toBe(true);
  });
});
