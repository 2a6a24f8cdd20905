import { addBooks, EMPTY_BOOKS, pageBooks } from '../../lambda/core/account/books.ts';
import type { ObjectRecord } from '../../lambda/core/model/record.ts';
import { serverSideEncryptedIn } from '../../lambda/core/model/server-side-encryption.ts';
import { serverSideWarnings } from '../../lambda/core/plan/server-side-remarks.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { serverSideFindings } from '../../lambda/core/retire/server-side-findings.ts';
import { serverSideOf } from '../../lambda/core/retire/server-side-of.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import type { KeyLookup } from '../../lambda/core/keys/catalog.ts';
import {
  bucketStore,
  FOREIGN_KEY,
  item,
  job,
  jobInput,
  NEW_KEY,
  object,
  OLD_KEY,
  planned,
} from '../support/builders.ts';
import { key, keys, stores, table } from '../support/plan-ports.ts';
import { ENDED, placeAt, proof } from '../support/proofs.ts';

const KEYS = { sources: [planned(OLD_KEY), planned(FOREIGN_KEY)], destination: planned(NEW_KEY) };

/** An object that S3 encrypts with that key. */
function under(kmsKeyId: string, changes: Partial<ObjectRecord> = {}): ObjectRecord {
  return { ...object('one', {}), encryption: { algorithm: 'aws:kms', kmsKeyId }, ...changes };
}

describe('objects that S3 itself encrypts with a source key', () => {
  it('are counted by key', () => {
    const other = 'arn:aws:kms:us-east-1:111122223333:key/44444444-4444-4444-4444-444444444444';
    const records = [
      ...[under(OLD_KEY), under(OLD_KEY), under(FOREIGN_KEY), under(NEW_KEY), under(other)],
      ...[object('plain', {}), item('one', {}), under(OLD_KEY, { absent: {} })],
    ];
    expect(serverSideEncryptedIn(records, KEYS)).toEqual([
      { keyArn: OLD_KEY, objects: 2 },
      { keyArn: FOREIGN_KEY, objects: 1 },
    ]);
  });

  it('are known by the id of their key as well, and by a replica of a multi-Region key', () => {
    const here = 'arn:aws:kms:us-east-1:111122223333:key/mrk-1';
    const there = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1';
    const sources = [planned(OLD_KEY), planned(here, { alsoKnownAs: [there] })];
    const records = [under('11111111-1111-1111-1111-111111111111'), under(there)];
    expect(serverSideEncryptedIn(records, { ...KEYS, sources })).toEqual([
      { keyArn: OLD_KEY, objects: 1 },
      { keyArn: there, objects: 1 },
    ]);
  });

  it('are none where the run moves to new material of the same key, which stays', () => {
    const same = { sources: [planned(OLD_KEY)], destination: planned(OLD_KEY) };
    expect(serverSideEncryptedIn([under(OLD_KEY)], same)).toEqual([]);
  });

  it('add up, and are unknown where a part was not counted', () => {
    const PAGE = {
      withoutDataKey: 0,
      entries: [],
      remaining: 0,
      kms: { requests: 0, throttled: 0 },
      records: 1,
    };
    const page = (keyArn: string, objects: number) =>
      pageBooks({ ...PAGE, serverSideEncrypted: [{ keyArn, objects }] });
    const counted = [page(OLD_KEY, 2), page(FOREIGN_KEY, 1), page(OLD_KEY, 3)].reduce(addBooks, EMPTY_BOOKS);
    expect(counted.serverSideEncrypted).toEqual([
      { keyArn: OLD_KEY, objects: 5 },
      { keyArn: FOREIGN_KEY, objects: 1 },
    ]);
    expect(addBooks(counted, pageBooks(PAGE)).serverSideEncrypted).toBeUndefined();
  });
});

describe('Plan', () => {
  it('warns of a table or bucket that its service itself encrypts with a source key, however it names the key', () => {
    const { stores: one } = job(jobInput());
    for (const key of [OLD_KEY, '11111111-1111-1111-1111-111111111111'])
      expect(serverSideWarnings(one, [[key]], KEYS)).toEqual([
        `dynamodb:Orders: DynamoDB itself encrypts items there with ${OLD_KEY}, which no run changes; as long as it does, that key must stay`,
      ]);
    const { stores: bucket } = job(jobInput({ stores: [bucketStore()] }));
    expect(serverSideWarnings(bucket, [[OLD_KEY]], KEYS)).toEqual([
      expect.stringContaining('S3 itself encrypts new objects there with'),
    ]);
    expect(serverSideWarnings(one, [[NEW_KEY]], KEYS)).toEqual([]);
    expect(serverSideWarnings(one, [[OLD_KEY]], { ...KEYS, destination: planned(OLD_KEY) })).toEqual([]);
  });
});

describe('retire-check', () => {
  const BUCKET = placeAt('s3:us-east-1:documents/2026/');
  const known = (changes: Partial<KnownStore>, proven: Partial<StoreProof> = {}): KnownStore => {
    const place = changes.place ?? BUCKET;
    const proofs = [proof({ place, ...proven })];
    return { place, job: 'orders', keyArn: OLD_KEY, evidence: { kind: 'proven', proofs }, ...changes };
  };
  const said = (...all: readonly KnownStore[]) =>
    serverSideFindings(all).map(({ weight, about, words }) => `${weight} ${about}: ${words}`);
  const uncounted = (): KnownStore => {
    const { serverSideEncrypted: _, ...earlier } = proof({ place: BUCKET });
    return known({ evidence: { kind: 'proven', proofs: [earlier] } });
  };

  it('keeps a key while S3 itself encrypts objects with it', () => {
    const serverSideEncrypted = [
      { keyArn: OLD_KEY, objects: 1_200 },
      { keyArn: FOREIGN_KEY, objects: 7 },
    ];
    const at = new Date(ENDED).toISOString();
    expect(said(known({}, { serverSideEncrypted }))).toEqual([
      `blocks s3:us-east-1:documents/2026/: S3 itself encrypts 1,200 objects there with this key, and can give out none of them without it (run run-1 of ${at}); rewrap s3-batch orders writes what moves them, and then rewrap run orders --mode verify`,
    ]);
    expect(said(known({ keyArn: NEW_KEY }, { serverSideEncrypted }))).toEqual([]);
  });

  it('waits where a run of an earlier version has not counted them', () => {
    expect(said(uncounted())).toEqual([
      'waits s3:us-east-1:documents/2026/: whether S3 itself encrypts its objects with this key was not counted; rewrap run orders --mode verify tells',
    ]);
    expect(said({ ...uncounted(), evidence: { kind: 'none' } })).toEqual([]);
    expect(said(known({ place: placeAt('dynamodb:us-east-1:Orders') }))).toEqual([]);
  });

  it('keeps a key that a table is under, and that a bucket gives to new objects, and says it once', () => {
    const serverSide = { kind: 'seen', value: [FOREIGN_KEY, OLD_KEY] } as const;
    const orders = known({ place: placeAt('dynamodb:us-east-1:Orders'), serverSide });
    expect(said(orders, orders)).toEqual([
      expect.stringContaining('blocks dynamodb:us-east-1:Orders: DynamoDB encrypts this table with this key'),
    ]);
    expect(said(known({ serverSide }))).toEqual([
      expect.stringContaining('blocks s3:us-east-1:documents: S3 encrypts new objects of this bucket'),
    ]);
    expect(said(known({ serverSide: { kind: 'seen', value: [NEW_KEY] } }))).toEqual([]);
  });

  it('waits where it may not see with which key a place is encrypted', () => {
    expect(said(known({ serverSide: { kind: 'unseen', words: 'AccessDenied' } }))).toEqual([
      'waits s3:us-east-1:documents: with which key it is itself encrypted is not known (AccessDenied)',
    ]);
  });

  describe('resolves what a bucket names', () => {
    const asked = (named: string, lookup?: KeyLookup, account?: string) => {
      const requested: string[] = [];
      const ports = {
        keyArn: OLD_KEY,
        keys: keys({
          describeKey: reference => {
            requested.push(reference);
            return Promise.resolve(lookup ?? key(NEW_KEY));
          },
        }),
        stores: stores({
          describeTable: () =>
            Promise.resolve({ kind: 'found', description: table({ serverSideKeys: [named] }) }),
          defaultEncryption: () =>
            Promise.resolve({ kind: 'seen', value: { algorithm: 'aws:kms', key: named } }),
        }),
      };
      const place = { place: BUCKET, slot: 'edk', job: 'orders', ...(account !== undefined && { account }) };
      return { requested, seen: serverSideOf(place, ports) };
    };

    it('by an alias, in its Region', async () => {
      const { seen, requested } = asked('alias/mine');
      expect(await seen).toEqual({ kind: 'seen', value: [NEW_KEY] });
      expect(requested).toEqual(['arn:aws:kms:us-east-1:111122223333:alias/mine']);
    });

    it('by an alias that nobody may describe, or that there is no more', async () => {
      const denied = { kind: 'denied', message: 'not authorized' } as const;
      expect(await asked('alias/mine', denied).seen).toEqual({
        kind: 'unseen',
        words: 'arn:aws:kms:us-east-1:111122223333:alias/mine cannot be described: not authorized',
      });
      expect(await asked('alias/mine', { kind: 'not-found' }).seen).toEqual({ kind: 'seen', value: [] });
    });

    it('by an ARN or an id, without asking KMS', async () => {
      const { seen, requested } = asked(OLD_KEY);
      expect(await seen).toEqual({ kind: 'seen', value: [OLD_KEY] });
      expect(requested).toEqual([]);
    });

    it('of another account only with its role', async () => {
      expect(await asked(OLD_KEY, undefined, '444455556666').seen).toBeUndefined();
    });
  });
});
