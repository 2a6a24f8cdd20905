import { UsersOfAllKeys } from '../../lambda/core/key-users/gather-all-users.ts';
import { readRecord } from '../../lambda/core/key-users/read-record.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { SeenEvents } from '../../lambda/core/key-users/seen-events.ts';
import { keyResource, record, ROLE } from '../support/trail-records.ts';

const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/orders';

function gathered(records: readonly object[], options = {}) {
  const users = new UsersOfAllKeys('aws', options);
  for (const one of records) {
    const read = readRecord(one);
    if (read.kind === 'use') users.add(read.event);
  }
  return users.gathered();
}

const failed = (keyId: string, errorCode: string, more = {}): object =>
  record('Decrypt', { ...{ requestParameters: { keyId }, errorCode, resources: null }, ...more });

describe('the users of all keys', () => {
  it('are told by key', () => {
    const all = gathered([
      record('Decrypt'),
      record('Encrypt', { resources: [keyResource(NEW_KEY)] }),
      record('Decrypt'),
    ]);
    expect(
      all.map(({ key, users }) => [key, users.map(({ principal, uses }) => [principal, uses.length])]),
    ).toEqual([
      [OLD_KEY, [[ROLE, 1]]],
      [NEW_KEY, [[ROLE, 1]]],
    ]);
    expect(all[0]?.users[0]?.uses).toMatchObject([{ action: 'Decrypt', calls: 2 }]);
  });

  it('of ReEncrypt are users of both keys, each by what it is used for', () => {
    const all = gathered([record('ReEncrypt', { resources: [keyResource(OLD_KEY), keyResource(NEW_KEY)] })]);
    expect(all.map(({ key, users }) => [key, users[0]?.uses[0]?.action])).toEqual([
      [OLD_KEY, 'ReEncryptFrom'],
      [NEW_KEY, 'ReEncryptTo'],
    ]);
  });

  it('may have named a key by its id or an alias in a call that failed: these stand for keys of the account', () => {
    const id = OLD_KEY.split('/')[1] ?? '';
    const all = gathered([
      failed(id, 'DisabledException'),
      failed('alias/orders', 'DisabledException'),
      failed(ALIAS, 'DisabledException'),
    ]);
    expect(all.map(({ key, users }) => [key, users[0]?.uses[0]?.calls])).toEqual([
      [OLD_KEY, 1],
      [ALIAS, 2],
    ]);
  });

  it('are none of what names no key, and those that are refused whatever the key are apart', () => {
    expect(gathered([failed('no key at all', 'InvalidArnException')])).toEqual([]);
    expect(gathered([failed(OLD_KEY, 'AccessDenied')])).toMatchObject([
      { key: OLD_KEY, users: [], refused: [{ principal: ROLE, errorCode: 'AccessDenied', calls: 1 }] },
    ]);
    expect(gathered([failed(OLD_KEY, 'DryRunOperationException')])).toEqual([]);
  });

  it('count an event once that was delivered twice', () => {
    const twice = record('Decrypt');
    expect(gathered([twice, twice])[0]?.users[0]?.uses).toMatchObject([{ calls: 1 }]);
  });

  it('come with values of contexts only when these are asked for', () => {
    expect(JSON.stringify(gathered([record('Decrypt')]))).not.toContain('acme');
    expect(JSON.stringify(gathered([record('Decrypt')], { withValues: true }))).toContain('acme');
  });
});

describe('events that were seen', () => {
  it('are remembered for as many others as were said, and forgotten after twice as many', () => {
    const seen = new SeenEvents(10);
    const event = (n: number) => ({ eventId: `event-${n}` });
    expect(seen.isKnown(event(0))).toBe(false);
    for (let n = 1; n <= 9; n++) expect(seen.isKnown(event(n))).toBe(false);
    expect(seen.isKnown(event(0))).toBe(true);
    for (let n = 10; n <= 40; n++) expect(seen.isKnown(event(n))).toBe(false);
    expect(seen.isKnown(event(0))).toBe(false);
  });

  it('are the same in the trails of two accounts, by the id that they share', () => {
    const seen = new SeenEvents();
    expect(seen.isKnown({ eventId: 'a', sharedEventId: 's' })).toBe(false);
    expect(seen.isKnown({ eventId: 'b', sharedEventId: 's' })).toBe(true);
  });
});
