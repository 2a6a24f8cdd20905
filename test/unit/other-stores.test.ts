import {
  otherFindings,
  otherNotChecked,
  otherStores,
  type OthersPort,
} from '../../lambda/core/retire/other-stores.ts';
import type { TableCatalog } from '../../lambda/core/stores/dynamodb/catalog.ts';
import type { BucketCatalog } from '../../lambda/core/stores/s3/catalog.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { key, keys, stores } from '../support/plan-ports.ts';
import { placeAt } from '../support/proofs.ts';

const ACCOUNT = '111122223333';

interface Account {
  /** By name, its key; a word that is no key is why it may not be described. */
  readonly tables?: Readonly<Record<string, string>>;
  readonly buckets?: Readonly<Record<string, string>>;
  readonly port?: Partial<OthersPort>;
}

function found({ tables = {}, buckets = {}, port }: Account) {
  const asked: string[] = [];
  const serverSideKeys: TableCatalog['serverSideKeys'] = ({ table }) => {
    asked.push(table);
    const named = tables[table] ?? '';
    return Promise.resolve(
      named.startsWith('arn:') ? { kind: 'found', description: [named] } : { kind: 'denied', message: named },
    );
  };
  const defaultEncryption: BucketCatalog['defaultEncryption'] = ({ bucket }) => {
    asked.push(bucket);
    return Promise.resolve({ kind: 'seen', value: { algorithm: 'aws:kms', key: buckets[bucket] ?? '' } });
  };
  const described: string[] = [];
  const describeKey = (reference: string) => {
    described.push(reference);
    return Promise.resolve(key(OLD_KEY));
  };
  const names = { dynamodb: Object.keys(tables), s3: Object.keys(buckets) };
  const others: OthersPort = {
    ...{ account: ACCOUNT, partition: 'aws', region: 'us-east-1' },
    namesOf: type => Promise.resolve({ kind: 'seen', value: names[type] }),
    ...port,
  };
  const known = [placeAt('dynamodb:us-east-1:Known'), placeAt('s3:us-east-1:known/2026/')];
  const all = otherStores(others, {
    ...{ keyArn: OLD_KEY, known, keys: keys({ describeKey }) },
    stores: stores({ serverSideKeys, defaultEncryption }),
  });
  return { all, asked, described };
}

describe('tables and buckets that no job names', () => {
  it('keep a key that DynamoDB or S3 encrypts them with, by ARN, id or alias', async () => {
    const { all, described } = found({
      tables: { Forgotten: OLD_KEY, Other: NEW_KEY },
      buckets: { byid: OLD_KEY.split('/')[1] ?? '', named: 'alias/old', again: 'alias/old' },
    });
    const findings = otherFindings(await all);
    expect(findings.map(({ weight, about }) => [weight, about])).toEqual([
      ['blocks', 'dynamodb:us-east-1:Forgotten'],
      ['blocks', 's3:us-east-1:byid'],
      ['blocks', 's3:us-east-1:named'],
      ['blocks', 's3:us-east-1:again'],
    ]);
    expect(findings[0]?.words).toContain('give the table another key first');
    // One alias is asked about once.
    expect(described).toEqual([`arn:aws:kms:us-east-1:${ACCOUNT}:alias/old`]);
  });

  it('that jobs name are not asked again', async () => {
    const { all, asked } = found({ tables: { Known: OLD_KEY, Else: NEW_KEY }, buckets: { known: OLD_KEY } });
    expect([otherFindings(await all).map(({ weight }) => weight), asked]).toEqual([['note'], ['Else']]);
  });

  it('are counted where none has the key', async () => {
    const others = await found({ tables: { A: NEW_KEY }, buckets: { b: NEW_KEY } }).all;
    expect(otherFindings(others)).toEqual([
      {
        ...{ weight: 'note', about: 'server-side encryption' },
        words: `2 tables and buckets of account ${ACCOUNT} in us-east-1 that no job names: none has this key, or gives it to new objects`,
      },
    ]);
    expect(otherFindings(await found({}).all)).toEqual([]);
  });

  it('that may not be looked at are said not to be, and are no good news', async () => {
    const others = await found({ tables: { Secret: 'not authorized' } }).all;
    expect(otherFindings(others)).toEqual([]);
    expect(otherNotChecked(others)[0]).toBe(
      'server-side encryption of dynamodb:us-east-1:Secret (not authorized)',
    );
  });

  it('that may not be listed are said not to be looked at, by kind', async () => {
    const namesOf: OthersPort['namesOf'] = type =>
      Promise.resolve(
        type === 's3' ? { kind: 'unseen', words: 'AccessDenied' } : { kind: 'seen', value: ['A'] },
      );
    const others = await found({ tables: { A: NEW_KEY }, port: { namesOf } }).all;
    expect(otherNotChecked(others)[0]).toContain(
      `server-side encryption of buckets of account ${ACCOUNT} in us-east-1 that no job names: they could not be listed (AccessDenied)`,
    );
  });

  it('are asked about up to 10,000, and the others are said to be left out', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_002 }, (_, n) => [`T${n}`, NEW_KEY]));
    const { all, asked } = found({ tables: many });
    const others = await all;
    expect([asked.length, others.seen, others.beyond]).toEqual([10_000, 10_000, 2]);
    expect(otherNotChecked(others)[0]).toContain('2 tables and buckets of account');
  });
});
