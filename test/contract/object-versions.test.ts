import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { S3Records } from '../../lambda/adapters/s3/records.ts';
import { FormatWorld } from '../support/format-world.ts';

let world: FormatWorld;
beforeEach(async () => {
  world = await FormatWorld.for('object-metadata');
  await world.bucket('payloads');
  const Status = 'Enabled' as const;
  await world.aws.s3.send(
    new PutBucketVersioningCommand({ Bucket: 'payloads', VersioningConfiguration: { Status } }),
  );
});
afterEach(() => world.stop());

async function put(key: string): Promise<string> {
  const { ciphertext } = await world.dataKey({ object: key, tenant: 't' });
  const Metadata = { tenant: 't', 'data-key': ciphertext.toString('base64') };
  const { VersionId } = await world.aws.s3.send(
    new PutObjectCommand({ Bucket: 'payloads', Key: key, Body: 'x', Metadata }),
  );
  return VersionId!;
}
const job = (versions?: string): object => {
  const { stores, ...rest } = world.job as unknown as { readonly stores: readonly object[] };
  return { ...rest, stores: [{ ...stores[0], ...(versions !== undefined && { versions }) }] };
};
const versionIds = async (): Promise<readonly string[]> => {
  const { Versions = [] } = await world.aws.s3.send(new ListObjectVersionsCommand({ Bucket: 'payloads' }));
  return Versions.map(({ Key, VersionId }) => `${Key} ${VersionId}`);
};

describe('a job for all versions of objects', () => {
  it('names each noncurrent version, says why it stays, and writes to none', async () => {
    const old = await put('files/a');
    await put('files/a');
    const { code, report } = await world.player.play(job('all'));
    expect([code, report.verdict]).toEqual([1, 'not-proven']);
    expect(report.stores[0]).toMatchObject({ dataKeys: 2, outcomes: { rewrapped: 1, blocked: 1 } });
    expect(report.failures).toContainEqual(
      expect.objectContaining({
        locator: `files/a (version ${old})`,
        outcome: 'blocked',
        reason: expect.stringContaining('noncurrent version'),
      }),
    );
    // The copy in place leaves the version that it replaces, which the verify pass names as well.
    const ours = expect.objectContaining({
      outcome: 'to-rewrap',
      reason: expect.stringContaining('destination key'),
    });
    expect(report.failures.filter(({ locator }) => !locator.includes(old))).toEqual([ours]);
    expect(await versionIds()).toHaveLength(3);
  });

  it('opens noncurrent versions under the context of their object, deleted ones included', async () => {
    await put('files/gone');
    await world.aws.s3.send(new DeleteObjectCommand({ Bucket: 'payloads', Key: 'files/gone' }));
    const { report } = await world.player.play(job('all'), 'census');
    expect(report.stores[0]).toMatchObject({ records: 1, dataKeys: 1, outcomes: { 'to-rewrap': 1 } });
  });

  it('is one for current versions only if it does not ask for all', async () => {
    await put('files/a');
    await put('files/a');
    const { code, report } = await world.player.play(job());
    expect([code, report.stores[0]]).toMatchObject([0, { dataKeys: 1, outcomes: { rewrapped: 1 } }]);
  });

  it.each(['census', 'migrate'])(
    'counts noncurrent versions and delete markers otherwise: %s',
    async mode => {
      await put('files/a');
      for (let times = 0; times < 3; times++) await put('files/b');
      await world.aws.s3.send(new DeleteObjectCommand({ Bucket: 'payloads', Key: 'files/a' }));
      await put('elsewhere');
      await put('elsewhere');
      const { report, advice } = await world.player.play(job(), mode);
      const place = 's3:us-east-1:payloads/files/';
      const seen = { kind: 'counted', versions: 3, deleteMarkers: 1, complete: true };
      expect(report.stores[0]).toMatchObject({ dataKeys: 1, versions: [{ place, seen }] });
      expect(report.notChecked).toContainEqual(
        expect.stringMatching(`^3 noncurrent versions \\(and 1 delete marker\\) in ${place}`),
      );
      // A run in place leaves one more, which retire-check counts when it is asked.
      const now = mode === 'migrate' ? 4 : 3;
      expect(advice.findings).toContainEqual(
        expect.objectContaining({
          weight: 'waits',
          words: expect.stringMatching(`^${now} noncurrent versions`),
        }),
      );
    },
  );

  it('has not looked, and goes on, where S3 does not list versions', async () => {
    await put('files/a');
    await put('files/a');
    const denied = { service: 's3', operation: 'ListObjectVersions', error: 'AccessDenied', status: 403 };
    world.aws.aws.faults.inject({ ...denied, count: 10 });
    const { code, report, advice } = await world.player.play(job());
    expect(code).toBe(0);
    expect(report.notChecked).toContain('noncurrent versions of objects: they keep their former data keys');
    expect(report.stores[0]?.versions?.[0]?.seen).toMatchObject({ kind: 'not-counted' });
    expect(advice.findings.map(({ words }) => words)).toContainEqual(
      expect.stringMatching(/^noncurrent versions of its objects may hold old data keys/),
    );
  });

  it('says nothing of versions of a bucket that was never versioned', async () => {
    await world.bucket('plain');
    const { stores, ...rest } = job() as { readonly stores: readonly object[] };
    const plain = { ...rest, stores: [{ ...stores[0], bucket: 'plain' }] };
    const { ciphertext } = await world.dataKey({ object: 'files/a', tenant: 't' });
    await world.put('plain', 'files/a', 'x', { tenant: 't', 'data-key': ciphertext.toString('base64') });
    const { report } = await world.player.play(plain);
    expect(report.notChecked.filter(words => words.includes('noncurrent'))).toEqual([]);
    expect(report.stores[0]).not.toHaveProperty('versions');
  });

  it('is refused for a store that is copied', async () => {
    const { stores, ...rest } = job('all') as { readonly stores: readonly object[] };
    const copyTo = { region: 'us-east-1', bucket: 'copies', createMissing: true };
    const words = await world.player.refusal({ ...rest, stores: [{ ...stores[0], copyTo }] });
    expect(words).toContain('versions');
  });
});

it('all versions of a bucket are read once, whatever the size of a page', async () => {
  for (const key of ['files/a', 'files/b', 'files/b', 'files/b', 'files/c ä']) await put(key);
  const all = await versionIds();
  for (const pageSize of [1, 2, 3, 100]) {
    const store = new S3Records(world.aws.s3, {
      ...{ bucket: 'payloads', prefix: 'files/', accessControlLists: false, versions: 'all' },
    });
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await store.readPage(
        { type: 'key-range', startAfter: 'files/a', endAt: 'files/b' },
        {
          ...{ pageSize, consistent: false },
          ...(cursor !== undefined && { cursor }),
        },
      );
      seen.push(...page.records.map(({ locator }) => locator));
      [cursor, more] = [page.cursor, page.cursor !== undefined];
    }
    const ofB = all.filter(one => one.startsWith('files/b')).map(one => one.split(' ')[1]);
    expect(seen).toEqual(['files/b', `files/b (version ${ofB[1]})`, `files/b (version ${ofB[2]})`]);
  }
});

it('a version that is no longer current is read as it is', async () => {
  const id = await put('files/a');
  await put('files/a');
  const { Metadata } = await world.aws.s3.send(
    new GetObjectCommand({ Bucket: 'payloads', Key: 'files/a', VersionId: id }),
  );
  const store = new S3Records(world.aws.s3, {
    ...{ bucket: 'payloads', prefix: '', accessControlLists: false, versions: 'all' },
  });
  const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 9 });
  const old = records.find(({ locator }) => locator.includes(id));
  expect(old).toMatchObject({ key: 'files/a', metadata: Metadata, blocked: expect.any(String) });
});
