import { CreateBucketCommand, ListBucketsCommand, paginateListBuckets, S3Client } from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const NAMES = ['alpha', 'beta', 'gamma', 'gamut'];
let aws: Embedded;
let west: S3Client;

beforeAll(async () => {
  aws = await embedded();
  west = new S3Client({ endpoint: aws.endpoint, region: 'us-west-2' });
  for (const Bucket of NAMES) await aws.s3.send(new CreateBucketCommand({ Bucket }));
  await west.send(new CreateBucketCommand({ Bucket: 'western' }));
});
afterAll(async () => {
  west.destroy();
  await aws.stop();
});

const namesOf = async (input: object): Promise<readonly (string | undefined)[]> =>
  ((await aws.s3.send(new ListBucketsCommand(input))).Buckets ?? []).map(({ Name }) => Name);

// S3 API reference, ListBuckets.
describe('a list of buckets', () => {
  it('has those of all Regions, in the order of their names', async () => {
    expect(await namesOf({})).toEqual([...NAMES, 'western']);
  });

  it('tells Regions only where anything was asked for', async () => {
    const plain = await aws.s3.send(new ListBucketsCommand({}));
    expect(plain.Buckets?.[0]).not.toHaveProperty('BucketRegion');
    const asked = await aws.s3.send(new ListBucketsCommand({ MaxBuckets: 100 }));
    expect(asked.Buckets?.map(({ BucketRegion }) => BucketRegion)).toEqual([
      ...NAMES.map(() => 'us-east-1'),
      'us-west-2',
    ]);
  });

  it('has those of a Region, or with a prefix', async () => {
    expect(await namesOf({ BucketRegion: 'us-east-1' })).toEqual(NAMES);
    expect(await namesOf({ Prefix: 'gam' })).toEqual(['gamma', 'gamut']);
  });

  it('comes in pages, each with a token for the next, and the last without', async () => {
    const pages: (readonly (string | undefined)[])[] = [];
    for await (const { Buckets = [] } of paginateListBuckets({ client: aws.s3, pageSize: 2 }, {}))
      pages.push(Buckets.map(({ Name }) => Name));
    expect(pages).toEqual([['alpha', 'beta'], ['gamma', 'gamut'], ['western']]);
  });

  it('is refused for a Region that is asked for at the endpoint of another, and for a page of nothing', async () => {
    expect(await errorName(aws.s3.send(new ListBucketsCommand({ BucketRegion: 'us-west-2' })))).toBe(
      'InvalidArgument',
    );
    expect(await errorName(aws.s3.send(new ListBucketsCommand({ MaxBuckets: 0 })))).toBe('InvalidArgument');
  });
});
