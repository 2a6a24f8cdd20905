import type { DataKey } from '../../lambda/core/model/data-key.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { Attempts } from '../../lambda/core/reencrypt/attempts.ts';
import { reencryptPage } from '../../lambda/core/reencrypt/reencrypt-page.ts';
import { findDataKeys } from '../../lambda/core/scan/find-data-keys.ts';
import { confidantFormat } from '../../lambda/formats/confidant/index.ts';
import { bound } from '../support/bound.ts';
import { item, NEW_KEY, OLD_KEY, planned } from '../support/builders.ts';
import { FakeKms } from '../support/fake-kms.ts';
import { changedItem, vectorItems } from '../support/vector-items.ts';

const format = bound(confidantFormat, { type: 'confidant' });
const rows = vectorItems('confidant-7.0.0', 'confidant');

function row(id: string, data_type: string, data_key: Uint8Array): ItemRecord {
  return item(id, { data_type: { S: data_type }, data_key: { B: data_key } });
}

function dataKeyOf(record: ItemRecord): DataKey {
  const [finding] = format.read(record);
  if (finding?.kind !== 'data-key') throw new Error(`${record.locator} has no data key`);
  return finding;
}

describe('the format confidant', () => {
  it('gives a revision the context of its credential', () => {
    const contextOf = (id: string, type: string) => dataKeyOf(row(id, type, Buffer.alloc(99, 1))).contexts;
    expect(contextOf('a1', 'credential')[0]?.source).toEqual({ id: 'a1' });
    expect(contextOf('a1-12', 'archive-credential')[0]?.source).toEqual({ id: 'a1' });
    expect(contextOf('a-b-c', 'credential')[0]?.source).toEqual({ id: 'a-b-c' });
    expect(contextOf('a-b-c', 'archive-credential')[0]?.source).toEqual({ id: 'a' });
  });

  it('finds the same data key in a row and in its newest revision', () => {
    const current = rows.filter(({ attributes }) =>
      JSON.stringify(attributes['data_type']).includes('"cred'),
    );
    expect(current.length).toBeGreaterThan(1);
    for (const record of current) {
      const { id, revision } = record.attributes;
      const name = `${id && 'S' in id ? id.S : ''}-${revision && 'N' in revision ? revision.N : ''}`;
      const newest = rows.find(({ locator }) => locator.includes(name));
      expect(dataKeyOf(newest!)).toEqual(dataKeyOf(record));
    }
  });

  it('moves a row and its newest revision by one request to KMS', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(OLD_KEY, 'secret', { id: 'a1' });
    const text = Buffer.from(Buffer.from(edk).toString('base64'));
    const found = findDataKeys(
      [row('a1', 'credential', text), row('a1-2', 'archive-credential', text)],
      format,
    );
    const destination = planned(NEW_KEY);
    const answers = await reencryptPage(found, {
      ...{ keys: kms, attempts: new Attempts([planned(OLD_KEY)], destination), destination },
      ...{ route: { type: 'direct', why: 'the test says so' }, dryRun: false },
    });
    expect(answers.map(({ answer }) => answer.kind)).toEqual(['re-encrypted', 're-encrypted']);
    expect(kms.calls).toHaveLength(1);
  });

  it('writes base64 back as base64, and bytes as bytes', () => {
    const ciphertext = Buffer.alloc(190, 7);
    const replaced = (B: Uint8Array) =>
      format.replace(row('a', 'credential', B), [
        {
          ...{ slot: 'data_key', ciphertext, destination: { keyArn: NEW_KEY } },
          destinationAlgorithm: 'SYMMETRIC_DEFAULT',
        },
      ])[0]?.after;
    expect(replaced(Buffer.alloc(184, 1))).toEqual({ B: ciphertext });
    expect(replaced(Buffer.from(Buffer.alloc(184, 1).toString('base64')))).toEqual({
      B: Buffer.from(ciphertext.toString('base64')),
    });
  });

  it.each(['blind-credential', 'archive-blind-credential'])('refuses %s by name', data_type => {
    const record = changedItem(rows[0]!, {
      data_type: { S: data_type },
      data_key: { S: '{"us-east-1": "AQICAH"}' },
    });
    expect(format.read(record)).toMatchObject([
      { kind: 'unsupported', reason: expect.stringContaining('a blind credential of Confidant') as string },
    ]);
  });
});
