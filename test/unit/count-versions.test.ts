import type { Seen } from '../../lambda/core/stores/lookup.ts';
import type { BucketCatalog, VersionPage } from '../../lambda/core/stores/s3/catalog.ts';
import { countVersions, MOST_PAGES } from '../../lambda/core/stores/s3/count-versions.ts';
import { notChecked } from '../../lambda/core/verdict/not-checked.ts';
import { job } from '../support/builders.ts';
import { planOf, stores } from '../support/plan-ports.ts';

type Listing = BucketCatalog['listVersions'];
const seen = (page: Partial<VersionPage> = {}): Seen<VersionPage> => ({
  kind: 'seen',
  value: { versions: 0, deleteMarkers: 0, truncated: page.next !== undefined, ...page },
});
const DENIED: Seen<VersionPage> = { kind: 'unseen', words: 'AccessDenied: no' };
const HAD_VERSIONS = { noncurrentVersions: true };

const count = (listVersions: Listing, description = HAD_VERSIONS, prefixes = ['a/']) =>
  countVersions(description, {
    ...{ region: 'us-east-1', bucket: 'documents', prefixes },
    catalog: stores({ listVersions }).s3,
  });

describe('counting noncurrent versions', () => {
  it('adds up pages, each read from where the one before ended, for each prefix', async () => {
    const asked: string[] = [];
    const counted = await count(
      ({ prefix, after = '' }) => {
        asked.push(`${prefix} ${after}`);
        return Promise.resolve(
          after === '' ? seen({ versions: 2, deleteMarkers: 1, next: 'more' }) : seen({ versions: 1 }),
        );
      },
      HAD_VERSIONS,
      ['a/', 'b/'],
    );
    expect(asked).toEqual(['a/ ', 'a/ more', 'b/ ', 'b/ more']);
    expect(counted).toEqual({ kind: 'counted', versions: 6, deleteMarkers: 2, complete: true });
  });

  it('ends after so many pages, and says that there may be more', async () => {
    let pages = 0;
    const counted = await count(() => {
      pages += 1;
      return Promise.resolve(seen({ versions: 1, next: String(pages) }));
    });
    expect(pages).toBe(MOST_PAGES);
    expect(counted).toEqual({ kind: 'counted', versions: MOST_PAGES, deleteMarkers: 0, complete: false });
  });

  it('takes no listing for complete that S3 calls truncated', async () => {
    const counted = await count(() => Promise.resolve(seen({ versions: 1, truncated: true })));
    expect(counted).toMatchObject({ versions: 1, complete: false });
  });

  it('knows nothing if S3 refuses a page, the second one included', async () => {
    const not = { kind: 'not-counted', words: 'AccessDenied: no' };
    expect(await count(() => Promise.resolve(DENIED))).toEqual(not);
    expect(
      await count(({ after }) =>
        Promise.resolve(after === undefined ? seen({ versions: 5, next: 'x' }) : DENIED),
      ),
    ).toEqual(not);
  });

  it('asks nothing about a bucket that was never versioned', async () => {
    const listVersions = jest.fn<ReturnType<Listing>, Parameters<Listing>>();
    expect(await count(listVersions, { noncurrentVersions: false })).toEqual({ kind: 'none-possible' });
    expect(listVersions).not.toHaveBeenCalled();
  });
});

describe('what a plan says of noncurrent versions', () => {
  const own = {
    type: 's3',
    bucket: 'documents',
    prefix: '2026/',
    format: { type: 'object-metadata', dataKey: 'edk' },
  };
  const said = async (page: Seen<VersionPage>, changes: object = {}, noncurrentVersions = true) => {
    const description = { versioned: true, noncurrentVersions, accessControlLists: false };
    const planned = await planOf(
      {
        stores: stores({
          describeBucket: () => Promise.resolve({ kind: 'found', description }),
          listKeys: () => Promise.resolve({ keys: ['2026/a'], truncated: false }),
          listVersions: () => Promise.resolve(page),
        }),
      },
      { jobs: [job({ stores: [{ ...own, ...changes }] })] },
    );
    const words = notChecked(planned).filter(one => one.includes('noncurrent version'));
    return { words, estimate: planned.estimate };
  };

  it('is their number, and that of delete markers apart', async () => {
    const { words, estimate } = await said(seen({ versions: 1_234, deleteMarkers: 5 }));
    expect(words).toEqual([
      expect.stringMatching(
        /^1,234 noncurrent versions \(and 5 delete markers\) in s3:us-east-1:documents\/2026\/, .*former data keys/,
      ),
    ]);
    expect(estimate.dataKeys).toBe(1);
  });

  it('is that there was none, only if the whole listing has none', async () => {
    expect((await said(seen())).words[0]).toMatch(/there was none when the run was planned/);
    expect((await said(seen({ truncated: true }))).words[0]).toMatch(
      /^noncurrent versions \(none in the part of the listing that was counted\)/,
    );
  });

  it('is that nobody has looked, where S3 does not list them', async () => {
    const { words } = await said(DENIED);
    expect(words).toEqual(['noncurrent versions of objects: they keep their former data keys']);
  });

  it('is nothing of a bucket that was never versioned', async () => {
    expect((await said(seen(), {}, false)).words).toEqual([]);
  });

  it('is about both buckets of a store that is copied', async () => {
    const copyTo = { region: 'eu-west-1', bucket: 'copies', createMissing: true };
    const { words } = await said(seen({ versions: 1 }), { copyTo });
    expect(words.map(one => /in (\S+),/.exec(one)?.[1])).toEqual([
      's3:us-east-1:documents/2026/',
      's3:eu-west-1:copies/2026/',
    ]);
  });

  it('is left out where the run reads them, and their reads are among what it costs', async () => {
    const { words, estimate } = await said(seen({ versions: 9 }), { versions: 'all' });
    expect([words, estimate.dataKeys]).toEqual([[], 10]);
  });
});
