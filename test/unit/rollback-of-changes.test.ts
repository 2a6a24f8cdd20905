import { createHash } from 'node:crypto';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { AttributeMap, AttributeValue } from '../../lambda/core/model/record.ts';
import { decide } from '../../lambda/core/rollback/decide.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope, type UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { valueEncoding } from '../../lambda/formats/value-encoding.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, NEW_KEY, object, OLD_KEY, plan, UNIT } from '../support/builders.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';
import { manySlots } from '../support/many-slots.ts';
import { oneText } from '../support/one-text-format.ts';
import { migrated, reread, snapshot } from '../support/rolled-back.ts';

const CONTEXT = { tenant: 'acme' };
const ALL = new Map([...formats, ['one-text', oneText], ['many', manySlots]]);

/** A job over one table, and its rollback. */
function scopesOf(format: Record<string, unknown> & { readonly type: string }) {
  const stores = [{ type: 'dynamodb' as const, table: 'Orders', format }];
  const of = (changes: Parameters<typeof plan>[0]): UnitScope =>
    unitScope(UNIT, plan({ stores, ...changes }), ALL);
  return { forward: of({}), back: of({ runId: 'run-2', mode: 'rollback', rollsBack: 'run-1' }) };
}

const attribute = (more: Record<string, unknown> = {}) => ({
  type: 'attribute',
  dataKey: 'edk',
  encryptionContext: { tenant: { attribute: 'tenant' } },
  ...more,
});

function attributesOf(ports: FakePorts): AttributeMap {
  return [...ports.records.items.values()][0]!.attributes;
}

/** Lets an application change the record once, between the read and the write of a run. */
function meanwhile(ports: FakePorts, change: (now: AttributeMap) => AttributeMap): void {
  ports.records.beforeWrite = () => {
    ports.records.beforeWrite = () => undefined;
    const [first] = ports.records.items.values();
    ports.records.put({ ...first!, attributes: change(first!.attributes) });
    return undefined;
  };
}

describe('rolling back a run over data keys', () => {
  it.each([
    'binary',
    'base64',
    'base64-unpadded',
    'base64url',
    'base64url-unpadded',
    'hex',
    'base64-in-binary',
  ] as const)('that lie there as %s puts them back as they lay', async encoding => {
    const { forward, back } = scopesOf(attribute({ encoding }));
    const ports = fakePorts();
    for (const id of ['a', 'b']) {
      const edk = valueEncoding(encoding).encode(ports.keys.encrypt(OLD_KEY, id, CONTEXT), undefined);
      ports.records.put(item(id, { tenant: { S: 'acme' }, edk }));
    }
    const before = snapshot(ports);
    await migrateUnit(forward, ports);
    expect(snapshot(ports)).not.toBe(before);
    const { books } = await rollbackUnit(back, migrated(ports));
    expect([books.outcomes, snapshot(ports) === before]).toEqual([{ restored: 2 }, true]);
  });

  const envelope = ({ keys }: FakePorts, slots: readonly string[]): AttributeValue => {
    const edks = slots.map(slot => [slot, Buffer.from(keys.encrypt(OLD_KEY, slot, {})).toString('base64')]);
    return { S: JSON.stringify({ keys: Object.fromEntries(edks) as Record<string, string> }) };
  };

  it('of which several are in one text puts that text back, byte for byte', async () => {
    const { forward, back } = scopesOf({ type: 'one-text' });
    const ports = fakePorts();
    ports.records.put(item('o-1', { envelope: envelope(ports, ['a', 'b', 'c']) }));
    const before = snapshot(ports);
    expect((await migrateUnit(forward, ports)).books.outcomes).toEqual({ rewrapped: 3 });
    const { books } = await rollbackUnit(back, migrated(ports));
    expect([books.outcomes, snapshot(ports) === before]).toEqual([{ restored: 3 }, true]);
    expect(ports.records.writes).toHaveLength(2);
  });

  it('in a text that another writer changed around them while the run wrote keeps that change', async () => {
    const { forward, back } = scopesOf({ type: 'one-text' });
    const ports = fakePorts();
    ports.records.put(item('o-1', { envelope: envelope(ports, ['a', 'b']) }));
    let theirs: AttributeMap = {};
    meanwhile(ports, now => {
      const { S } = now['envelope'] as { readonly S: string };
      return (theirs = { ...now, envelope: { S: S.replace('{"keys":', '{"keys": ') } });
    });
    expect((await migrateUnit(forward, ports)).books.outcomes).toEqual({ rewrapped: 2 });
    const { books } = await rollbackUnit(back, migrated(ports));
    expect([books.outcomes, attributesOf(ports)]).toEqual([{ restored: 2 }, theirs]);
  });

  const edkOf = ({ keys }: FakePorts, keyArn: string, text: string): AttributeValue => ({
    M: { edk: { B: keys.encrypt(keyArn, text, {}) } },
  });

  it('of which one has since been replaced puts back the others, and leaves that one alone', async () => {
    const { forward, back } = scopesOf({ type: 'many', sharedKeyArn: true });
    const ports = fakePorts();
    const keys = ['a', 'b', 'c'].map(text => edkOf(ports, OLD_KEY, text));
    ports.records.put(item('o-1', { keys: { L: keys }, keyArn: { S: OLD_KEY } }));
    await migrateUnit(forward, ports);
    const [first] = ports.records.items.values();
    const { L } = first!.attributes['keys'] as { readonly L: readonly AttributeValue[] };
    const theirs = edkOf(ports, NEW_KEY, 'theirs');
    const keysNow = { L: [L[0]!, theirs, L[2]!] };
    ports.records.put({ ...first!, attributes: { ...first!.attributes, keys: keysNow } });
    const { books } = await rollbackUnit(back, migrated(ports));
    expect(books.outcomes).toEqual({ restored: 2, 'moved-by-another-writer': 1 });
    expect(attributesOf(ports)).toMatchObject({
      keys: { L: [keys[0], theirs, keys[2]] },
      keyArn: { S: OLD_KEY },
    });
  });

  it('raises the version once more: a writer that read the record in between must find that it has changed', async () => {
    const { forward, back } = scopesOf(attribute({ version: 'version' }));
    const ports = fakePorts();
    const edk = { B: ports.keys.encrypt(OLD_KEY, 'a', CONTEXT) };
    ports.records.put(item('o-1', { tenant: { S: 'acme' }, edk, version: { N: '7' } }));
    await migrateUnit(forward, ports);
    expect(attributesOf(ports)['version']).toEqual({ N: '8' });
    await rollbackUnit(back, migrated(ports));
    expect(attributesOf(ports)).toMatchObject({ edk, version: { N: '9' } });
  });

  it('puts back what was beside them when they were written, not when they were first read', async () => {
    const { forward, back } = scopesOf(attribute({ keyArn: 'label', version: 'version' }));
    const ports = fakePorts();
    const edk = { B: ports.keys.encrypt(OLD_KEY, 'a', CONTEXT) };
    ports.records.put(
      item('o-1', { tenant: { S: 'acme' }, edk, label: { S: OLD_KEY }, version: { N: '1' } }),
    );
    meanwhile(ports, now => ({ ...now, label: { S: 'alias/orders' }, version: { N: '2' } }));
    expect((await migrateUnit(forward, ports)).books.outcomes).toEqual({ rewrapped: 1 });
    expect(ports.journal.intents.map(({ retries }) => retries)).toEqual([undefined, 1]);
    const { books } = await rollbackUnit(back, migrated(ports));
    expect([books.dataKeys, books.outcomes]).toEqual([1, { restored: 1 }]);
    expect(attributesOf(ports)).toMatchObject({ edk, label: { S: 'alias/orders' } });
  });
});

/** Intents as earlier versions wrote them: one for each data key, with the text of a metadata entry unchanged. */
describe('rolling back a run of an earlier version', () => {
  const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

  it.each([
    ['hex', (edk: Buffer) => ({ S: edk.toString('hex') })],
    ['base64-unpadded', (edk: Buffer) => ({ S: edk.toString('base64').replace(/=+$/, '') })],
    ['base64-in-binary', (edk: Buffer) => ({ B: Buffer.from(edk.toString('base64')).toString('base64') })],
    ['binary', (edk: Buffer) => ({ B: edk.toString('base64') })],
  ] as const)('puts back data keys that lie there as %s', async (encoding, lay) => {
    const { forward, back } = scopesOf(attribute({ encoding }));
    const ports = fakePorts();
    const old = Buffer.from(ports.keys.encrypt(OLD_KEY, 'a', CONTEXT));
    ports.records.put(
      item('o-1', { tenant: { S: 'acme' }, edk: valueEncoding(encoding).encode(old, undefined) }),
    );
    const before = snapshot(ports);
    await migrateUnit(forward, ports);
    const [intent] = ports.journal.intents;
    const [dataKey] = intent!.dataKeys;
    const earlier = {
      schema: 2,
      ...{ store: intent!.store, locator: intent!.locator, route: 'direct' },
      ...dataKey,
      oldCiphertext: old.toString('base64'),
      oldDigest: sha256(old),
      undo: [{ path: ['edk'], before: lay(old), afterDigest: intent!.undo[0]!.afterDigest }],
    };
    const readIntents = () => Promise.resolve(reread([earlier]));
    const { books } = await rollbackUnit(back, migrated(ports, { readIntents }));
    expect([books.outcomes, snapshot(ports) === before]).toEqual([{ restored: 1 }, true]);
    const altered = { ...earlier, undo: [{ ...earlier.undo[0]!, before: { S: 'something else' } }] };
    expect(reread([altered])).toMatchObject({ kind: 'damaged' });
  });

  it('recognises what it wrote as the text of a metadata entry', () => {
    const [old, written] = [Buffer.from('old'), Buffer.from('new').toString('base64')];
    const read = reread([
      {
        schema: 2,
        ...{ store: 's3:documents/', locator: 'a', slot: 'edk', route: 'direct', kmsRequestIds: [] },
        ...{ oldCiphertext: old.toString('base64'), oldDigest: sha256(old) },
        ...{ newDigest: sha256('new'), sourceDigest: sha256(old) },
        ...{ source: { keyArn: OLD_KEY }, destination: { keyArn: NEW_KEY } },
        undo: [
          { path: ['edk'], before: old.toString('base64'), afterDigest: sha256(JSON.stringify(written)) },
        ],
      },
    ]);
    if (read.kind === 'damaged') throw new Error(read.reason);
    const format = { read: () => [] };
    const { change } = decide(read.intents[0]!, object('a', { edk: written, other: 'x' }), format);
    expect(change?.places).toMatchObject([
      { path: ['edk'], before: { S: written }, after: { S: old.toString('base64') } },
    ]);
  });
});
