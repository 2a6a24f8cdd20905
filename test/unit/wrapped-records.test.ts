import { addBooks, EMPTY_BOOKS, pageBooks } from '../../lambda/core/account/books.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { wrappedFindings } from '../../lambda/core/retire/wrapped-findings.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import { wrappedIn } from '../../lambda/core/scan/wrapped-records.ts';
import { storeVerdict } from '../../lambda/core/verdict/store-verdict.ts';
import { item, OLD_KEY } from '../support/builders.ts';

const KMS = { requests: 0, throttled: 0 };
const PAGE = { withoutDataKey: 0, entries: [], remaining: 0, kms: KMS };

describe('records under keys of another table', () => {
  it('are not without a data key', () => {
    const [one, other] = [item('one', {}), item('other', {})];
    const wrappedBy = { table: 'Meta', wraps: (record: unknown) => record === one };
    expect(wrappedIn([one, other], { wrappedBy })).toEqual({
      without: [other],
      wrappedBy: [{ table: 'Meta', records: 1 }],
    });
    expect(wrappedIn([one, other], {})).toEqual({ without: [one, other], wrappedBy: [] });
  });

  it('are added up by the name of the table, whatever it is', () => {
    const page = (table: string, records: number) =>
      pageBooks({ ...PAGE, records, wrappedBy: [{ table, records }] });
    const books = [page('Meta', 2), page('__proto__', 3), page('Meta', 4)].reduce(addBooks, EMPTY_BOOKS);
    expect(books.wrappedBy).toEqual([
      { table: 'Meta', records: 6 },
      { table: '__proto__', records: 3 },
    ]);
    expect(pageBooks({ ...PAGE, records: 1, wrappedBy: [] })).not.toHaveProperty('wrappedBy');
  });

  it('speak for a store in which there is no other data key', () => {
    const figures = {
      ...{ kind: 'item' as const, prefix: '', finished: true, verified: true, records: 3 },
      ...{ withoutDataKey: 0, bodiesRead: 0, withoutDataKeyExpected: false, dataKeys: 0 },
      ...{ foreign: 0, remaining: 0, lookAlikes: 0 },
    };
    expect(storeVerdict({ ...figures, wrapped: 3 }).kind).toBe('proven');
    expect(storeVerdict(figures).kind).toBe('not-proven');
  });

  it('need the key until their table is proven in the same Region', () => {
    const place = (name: string, region = 'eu-west-1') => ({ type: 'dynamodb', region, name });
    const known = (name: string, changes: Partial<StoreProof> = {}, region?: string): KnownStore => {
      const proof = { place: place(name, region), ...changes } as StoreProof;
      return { place: proof.place, job: 'j', keyArn: OLD_KEY, evidence: { kind: 'proven', proofs: [proof] } };
    };
    const sessions = known('Sessions', { wrappedBy: [{ table: 'Meta', records: 1 }] });
    const unproven: KnownStore = { ...known('Meta'), evidence: { kind: 'none' } };
    const weights = (...stores: readonly KnownStore[]) => wrappedFindings(stores).map(({ weight }) => weight);
    expect(weights(sessions)).toEqual(['blocks']);
    expect(weights(sessions, unproven)).toEqual(['blocks']);
    expect(weights(sessions, known('Meta', {}, 'us-east-1'))).toEqual(['blocks']);
    expect(weights(sessions, known('Meta'))).toEqual(['note']);
    expect(weights(sessions, known('Meta'), unproven)).toEqual(['blocks']);
    expect(weights(known('Meta'))).toEqual([]);
  });
});
