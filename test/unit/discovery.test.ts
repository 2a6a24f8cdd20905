import { discoveryOf } from '../../lambda/core/discover/discovery.ts';
import type { Look } from '../../lambda/core/discover/look.ts';
import { ANNOTATIONS_OF_SAMPLE } from '../../lambda/core/plan/sample-records.ts';
import { samplingOf } from '../../lambda/core/discover/sampling.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import type { StoreType } from '../../lambda/core/stores/registry.ts';
import { item, job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';
import { B, S } from '../support/recognised.ts';

const FORMAT = { type: 'attribute', dataKey: 'edk' };
const table = (name: string, more: Partial<Store> = {}): Store => ({
  type: 'dynamodb',
  table: name,
  format: FORMAT,
  ...more,
});
const bucket = (name: string, more: Partial<Store> = {}): Store => ({
  type: 's3',
  bucket: name,
  prefix: '',
  format: { type: 'object-body' },
  ...more,
});

const NO_KEYS = { kind: 'seen', value: [] } as const;

/** A sample of a store with so many data keys, each beside its key. */
function looked(type: StoreType, name: string, dataKeys: number, keyArn = OLD_KEY): Look {
  const records = Array.from({ length: Math.max(1, dataKeys) }, (_, n) => ({
    record: item(`${name}-${n}`, n < dataKeys ? { edk: B('a'), key: S(keyArn) } : { note: S('x') }),
  }));
  return {
    ...{ kind: 'looked', type, name, region: 'us-east-1', complete: true, serverSide: NO_KEYS },
    recognition: recogniseStore(records),
  };
}

const coverages = (looks: readonly Look[], jobs = [job()]): unknown =>
  discoveryOf(looks, jobs).stores.map(({ name, coverage, jobs: of }) => [name, coverage, of]);

describe('what was discovered', () => {
  it('is named, in part, unnamed, none or unread; what an operator has to do comes first', () => {
    const jobs = [
      job({ name: 'whole', stores: [table('Orders')] }),
      job({ name: 'part', stores: [bucket('files', { prefix: 'app/' })] }),
    ];
    const looks: readonly Look[] = [
      looked('dynamodb', 'Empty', 0),
      looked('dynamodb', 'Orders', 2),
      {
        ...{ kind: 'not-looked', type: 'dynamodb', name: 'Secret', region: 'us-east-1' },
        ...{ serverSide: NO_KEYS, reason: 'denied' },
      },
      looked('s3', 'files', 1),
      looked('dynamodb', 'Forgotten', 3),
    ];
    const found = discoveryOf(looks, jobs);
    expect(found.stores.map(({ name, coverage, jobs: of, parts }) => [name, coverage, of, parts])).toEqual([
      ['Forgotten', 'unnamed', [], []],
      ['files', 'in-part', ['part'], ['keys below app/']],
      ['Secret', 'unread', [], []],
      ['Orders', 'named', ['whole'], []],
      ['Empty', 'none', [], []],
    ]);
    expect(found.counts).toEqual({ unnamed: 1, 'in-part': 1, unread: 1, named: 1, none: 1 });
    expect(found.stores[0]).toMatchObject({ withDataKeys: 3, records: 3, keys: [OLD_KEY] });
  });

  it('belongs to a job only by kind, name and Region: a table of another Region is another one', () => {
    const elsewhere = job({ stores: [table('Orders', { region: 'eu-west-1' })] });
    const bucketOfThatName = job({ stores: [bucket('Orders')] });
    expect(coverages([looked('dynamodb', 'Orders', 1)], [elsewhere, bucketOfThatName])).toEqual([
      ['Orders', 'unnamed', []],
    ]);
  });

  it('is named as a whole where one of several jobs has all of it', () => {
    const jobs = [
      job({ name: 'part', stores: [bucket('files', { prefix: 'a/' })] }),
      job({ name: 'all', stores: [bucket('files')] }),
    ];
    expect(coverages([looked('s3', 'files', 1)], jobs)).toEqual([['files', 'named', ['part', 'all']]]);
  });

  it('has keys: in how many stores, how many of them without a job for all, and which jobs leave them', () => {
    const looks = [
      looked('dynamodb', 'Orders', 2),
      looked('dynamodb', 'Forgotten', 1),
      looked('dynamodb', 'New', 4, NEW_KEY),
    ];
    expect(discoveryOf(looks, [job({ source: { keys: [use(OLD_KEY)] } })]).keys).toMatchObject([
      { keyArn: OLD_KEY, stores: 2, storesNotNamed: 1, records: 3, jobs: ['orders'] },
      { keyArn: NEW_KEY, stores: 1, storesNotNamed: 1, records: 4, jobs: [] },
    ]);
  });
});

describe('what a look at samples takes at most', () => {
  it('is the sum over the stores', () => {
    const one = samplingOf([{ type: 'dynamodb' }], { records: 100, places: 8 });
    // Two descriptions, and a Scan for each item at worst. 100 items of 400 KiB are 5,000 units.
    expect(one.requests).toBe(2 + 8 + 100);
    expect(one.usd).toBeCloseTo((5_000 * 0.125) / 1_000_000, 12);
    const bucketOnly = samplingOf([{ type: 's3' }], { records: 100, places: 8 });
    // Of each object metadata and body, the names of its annotations, and eight of them.
    expect(bucketOnly.requests).toBe(3 + 8 + 100 + 200 + 100 + 800);
    expect(ANNOTATIONS_OF_SAMPLE.most).toBe(8);
    const both = samplingOf([{ type: 's3' }, { type: 'dynamodb' }], { records: 100, places: 8 });
    expect(both.requests).toBe(one.requests + bucketOnly.requests);
    expect(both.usd).toBeCloseTo(one.usd + bucketOnly.usd, 12);
  });

  it('is nothing for no store', () => {
    expect(samplingOf([], { records: 100, places: 8 })).toEqual({ requests: 0, usd: 0 });
  });
});
