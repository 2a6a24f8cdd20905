import { createHash } from 'node:crypto';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { FormatConfig } from '../../lambda/core/model/job.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { FOREIGN_KEY, item, job, NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';

const CONTEXT = { tenant: 'acme' };
const FORMAT: FormatConfig = {
  type: 'attribute',
  dataKey: 'edk',
  keyArn: 'key',
  encryptionContext: { tenant: { attribute: 'tenant' } },
  writeTo: { dataKey: 'newEdk', keyArn: 'newKey', sourceDigest: 'newEdkOf' },
};
const SCOPE = scope({ stores: [{ type: 'dynamodb', table: 'Orders', format: FORMAT }], keepsSource: true });

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const bytesAt = ({ attributes }: ItemRecord, name: string): Uint8Array => {
  const value = attributes[name];
  if (value === undefined || !('B' in value)) throw new Error(`no bytes at ${name}`);
  return value.B;
};

function ported(keyArn = OLD_KEY, changes: ItemRecord['attributes'] = {}): FakePorts {
  const ports = fakePorts();
  const edk = ports.keys.encrypt(keyArn, 'secret', CONTEXT);
  ports.records.put(item('x', { tenant: { S: 'acme' }, key: { S: keyArn }, edk: { B: edk }, ...changes }));
  return ports;
}

const only = ({ records }: FakePorts): ItemRecord => [...records.items.values()][0]!;
const again = (ports: FakePorts) => {
  ports.ledger.checkpoints.clear();
  return migrateUnit(SCOPE, ports);
};
const verify = (ports: FakePorts) => verifyUnit(SCOPE, { ...ports, archive: ports.journal });

describe('a data key that is written to a place of its own', () => {
  it('is stored beside the old one, which stays, with its key and the digest of what it was made from', async () => {
    const ports = ported();
    const before = only(ports);
    const { books } = await migrateUnit(SCOPE, ports);
    expect(books.outcomes).toEqual({ rewrapped: 1 });
    const { edk, key, newKey, newEdkOf } = only(ports).attributes;
    expect([edk, key]).toEqual([before.attributes['edk'], { S: OLD_KEY }]);
    expect([newKey, newEdkOf]).toEqual([{ S: NEW_KEY }, { S: sha256(bytesAt(before, 'edk')) }]);
    expect(ports.keys.decrypt(bytesAt(only(ports), 'newEdk'), CONTEXT)).toEqual({
      keyArn: NEW_KEY,
      plaintext: 'secret',
    });
  });

  it('counts under both keys afterwards: the old one is still there', async () => {
    const ports = ported();
    const { books } = await migrateUnit(SCOPE, ports);
    expect(books.keyMaterials.map(({ keyArn, before, after }) => [keyArn, before, after])).toEqual([
      [OLD_KEY, 1, 1],
      [NEW_KEY, 0, 1],
    ]);
  });

  it('is journalled as filling an empty place: a rollback empties it again', async () => {
    const ports = ported();
    await migrateUnit(SCOPE, ports);
    expect(ports.journal.intents).toMatchObject([
      {
        dataKeys: [
          {
            slot: 'newEdk',
            oldCiphertext: null,
            oldDigest: null,
            newDigest: sha256(bytesAt(only(ports), 'newEdk')),
          },
        ],
      },
    ]);
  });

  it('is not written again, and one call is enough to know', async () => {
    const ports = ported();
    await migrateUnit(SCOPE, ports);
    const before = only(ports);
    ports.keys.calls.length = 0;
    expect((await again(ports)).books.outcomes).toEqual({ 'already-current': 1 });
    expect(ports.keys.calls).toHaveLength(1);
    expect(only(ports)).toEqual(before);
  });

  it('is made again if the record has another data key by then', async () => {
    const ports = ported();
    await migrateUnit(SCOPE, ports);
    const stale = only(ports);
    const edk = ports.keys.encrypt(OLD_KEY, 'another secret', CONTEXT);
    ports.records.put({ ...stale, attributes: { ...stale.attributes, edk: { B: edk } } });
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
    expect((await again(ports)).books.outcomes).toEqual({ rewrapped: 1 });
    expect(ports.keys.decrypt(bytesAt(only(ports), 'newEdk'), CONTEXT)?.plaintext).toBe('another secret');
    expect(ports.journal.intents.at(-1)?.dataKeys[0]?.oldDigest).toBe(sha256(bytesAt(stale, 'newEdk')));
  });

  it('is written even if the data key is under the destination already', async () => {
    const ports = ported(NEW_KEY);
    expect((await migrateUnit(SCOPE, ports)).books.outcomes).toEqual({ rewrapped: 1 });
  });

  it('gives way to a writer who filled the place in between', async () => {
    const ports = ported();
    const theirs = { B: Buffer.from('theirs') };
    ports.records.beforeWrite = record => {
      ports.records.beforeWrite = () => undefined;
      const now = record as ItemRecord;
      ports.records.put({ ...now, attributes: { ...now.attributes, newEdk: theirs } });
      return undefined;
    };
    expect((await migrateUnit(SCOPE, ports)).books.outcomes).toEqual({ 'moved-by-another-writer': 1 });
    expect(only(ports).attributes['newEdk']).toEqual(theirs);
  });

  it('is not written for a foreign data key', async () => {
    const ports = ported(FOREIGN_KEY);
    expect((await migrateUnit(SCOPE, ports)).books.outcomes).toEqual({ 'foreign-key': 1 });
    expect(only(ports).attributes['newEdk']).toBeUndefined();
  });

  it('remains to be done until verify opens it under the destination key', async () => {
    const ports = ported();
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
    await migrateUnit(SCOPE, ports);
    ports.ledger.checkpoints.clear();
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'already-current': 1 }, remaining: 0 });
  });
});

describe('a record that is not in the destination store', () => {
  const absent = (ports: FakePorts, refused?: string): void => {
    ports.records.put({ ...only(ports), absent: refused === undefined ? {} : { refused } });
  };

  it('is journalled as one that will be made, and written even with a current data key', async () => {
    const ports = ported(NEW_KEY);
    absent(ports);
    expect((await migrateUnit(scope(), ports)).books.outcomes).toEqual({ rewrapped: 1 });
    expect(ports.journal.intents).toMatchObject([
      { createsRecord: true, dataKeys: [{ oldCiphertext: null }] },
    ]);
  });

  it('is blocked if the job creates none, and KMS is not asked', async () => {
    const ports = ported();
    absent(ports, 'the job makes none');
    expect((await migrateUnit(scope(), ports)).books).toMatchObject({
      outcomes: { blocked: 1 },
      failures: [{ reason: 'the job makes none' }],
    });
    expect(ports.keys.calls).toEqual([]);
  });

  it('remains, even if its source is under the destination key', async () => {
    const ports = ported(NEW_KEY);
    absent(ports);
    const { books } = await verifyUnit(scope(), { ...ports, archive: ports.journal });
    expect(books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
    expect(books.failures[0]?.reason).toBe('not in the destination store yet');
  });
});

describe('a sample', () => {
  it('visits no more records than its size, across pages and invocations', async () => {
    const ports = fakePorts();
    for (let index = 0; index < 30; index++)
      ports.records.put(
        item(`o-${index}`, {
          tenant: { S: 'acme' },
          edk: { B: ports.keys.encrypt(OLD_KEY, `${index}`, CONTEXT) },
        }),
      );
    const sampled = scope({ pageSize: 4 });
    const unit = { ...sampled.unit, maxRecords: 10 };
    const short = { ...ports, deadline: onePage(ports) };
    const first = await migrateUnit({ ...sampled, unit }, short);
    expect(first).toMatchObject({ done: false, books: { records: 4 } });
    const last = await migrateUnit({ ...sampled, unit }, ports);
    expect(last).toMatchObject({ done: true, books: { records: 10, outcomes: { rewrapped: 10 } } });
  });
});

describe('verifying under asymmetric keys', () => {
  const rsa = (keyArn: string, ciphertextBytes?: number) => ({
    keyArn,
    encryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
    alsoKnownAs: [],
    ...(ciphertextBytes !== undefined && { ciphertextBytes }),
  });
  const stores = job({
    stores: [{ type: 'dynamodb', table: 'Orders', format: { type: 'attribute', dataKey: 'edk' } }],
  }).stores;
  const verified = async (ports: FakePorts, changes: Parameters<typeof scope>[0]) =>
    (await verifyUnit(scope({ stores, ...changes }), { ...ports, archive: ports.journal })).books;

  it('finds nothing left if the destination opens it, without key material ids', async () => {
    const ports = fakePorts();
    ports.records.put(item('x', { edk: { B: ports.keys.encrypt(NEW_KEY, 'secret', {}) } }));
    expect(await verified(ports, { destination: rsa(NEW_KEY) })).toMatchObject({
      outcomes: { 'already-current': 1 },
      remaining: 0,
    });
  });

  it('counts as remaining what an asymmetric destination finds invalid: a source key may open it', async () => {
    const ports = fakePorts();
    ports.records.put(item('x', { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) } }));
    expect(await verified(ports, { destination: rsa(NEW_KEY) })).toMatchObject({ remaining: 1 });
  });

  it('does not ask an RSA destination about a ciphertext of the wrong length', async () => {
    const ports = fakePorts();
    ports.records.put(item('x', { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) } }));
    expect(await verified(ports, { destination: rsa(NEW_KEY, 256) })).toMatchObject({ remaining: 1 });
    expect(ports.keys.calls).toEqual([]);
  });

  it('counts garbage as remaining, whatever the source keys: that it cannot be opened is no proof', async () => {
    const ports = fakePorts();
    ports.records.put(item('x', { edk: { B: new Uint8Array(256).fill(7) } }));
    expect(await verified(ports, { sources: [rsa(OLD_KEY, 256)] })).toMatchObject({ remaining: 1 });
    ports.ledger.checkpoints.clear();
    expect(await verified(ports, { sources: [rsa(OLD_KEY, 384)] })).toMatchObject({ remaining: 1 });
  });

  it('counts a data key under the old context of the same key as remaining', async () => {
    const ports = fakePorts();
    ports.records.put(
      item('x', { tenant: { S: 'acme' }, edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', CONTEXT) } }),
    );
    const { encryptionContext } = FORMAT;
    const format = {
      type: 'attribute',
      dataKey: 'edk',
      encryptionContext,
      destinationEncryptionContext: { purpose: 'orders' },
    };
    const same = { keyArn: OLD_KEY, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const, alsoKnownAs: [] };
    const changes = {
      stores: [{ type: 'dynamodb' as const, table: 'Orders', format }],
      sources: [same],
      destination: same,
    };
    const books = await verified(ports, changes);
    expect(books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
    expect(books.failures[0]?.reason).toBe('under the destination key, but another encryption context');
    ports.ledger.checkpoints.clear();
    await migrateUnit(scope(changes), ports);
    ports.ledger.checkpoints.clear();
    expect(await verified(ports, changes)).toMatchObject({ remaining: 0 });
  });
});
