import { followObjects } from '../../lambda/core/follow/follow-objects.ts';
import type { ObjectWritten } from '../../lambda/core/follow/queue-event.ts';
import type { FollowedBucket } from '../../lambda/core/job/followed-stores.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { bucketStore, job } from '../support/builders.ts';

const written = (locator: string, ...messageIds: readonly string[]): ObjectWritten => ({
  ...{ bucket: 'documents', locator, messageIds },
});
const store = (name: string, prefix: string, bucket = 'documents'): FollowedBucket => ({
  ...{ job: job({ name }), store: bucketStore({ bucket, prefix }) as unknown as Store, index: 0 },
  ...{ bucket, prefix },
});

describe('what a queue tells of objects, to the stores that are followed', () => {
  let told: string[];
  let failed: string[];
  beforeEach(() => ([told, failed] = [[], []]));

  type Follow = (name: string, own: readonly ObjectWritten[]) => Promise<readonly ObjectWritten[]>;
  const follow = (
    objects: readonly ObjectWritten[],
    stores: readonly FollowedBucket[],
    { answer = () => Promise.resolve([]), unreadable = [] }: { answer?: Follow; unreadable?: string[] } = {},
  ): Promise<readonly string[]> =>
    followObjects({ objects, unreadable }, stores, {
      follow: ({ job: { name } }, own) => {
        told.push(`${name}: ${own.map(({ locator }) => locator).join()}`);
        return answer(name, own);
      },
      failed: ({ job: { name } }, own, error) => void failed.push(`${name} ${own.length} ${String(error)}`),
    });

  it('reaches each store that an object is of, and nobody else', async () => {
    const stores = [store('a', 'a/'), store('all', ''), store('other', 'a/', 'others'), store('b', 'b/')];
    expect(await follow([written('a/1', 'm1'), written('c/1', 'm2')], stores)).toEqual([]);
    expect(told).toEqual(['a: a/1', 'all: a/1,c/1']);
  });

  it('is done with where an object is of no store', async () => {
    expect(await follow([written('c/1', 'm1')], [store('a', 'a/')])).toEqual([]);
    expect(told).toEqual([]);
  });

  it('is handed over again by message: what a store could not do with, and what nobody could read', async () => {
    const objects = [written('a/1', 'm1', 'm3'), written('a/2', 'm2')];
    const answer: Follow = (_, own) => Promise.resolve(own.slice(0, 1));
    expect(await follow(objects, [store('a', 'a/')], { answer, unreadable: ['m4'] })).toEqual([
      'm4',
      'm1',
      'm3',
    ]);
  });

  it('is handed over again for one store that fails, and not for another one', async () => {
    const answer: Follow = name => (name === 'a' ? Promise.reject(new Error('denied')) : Promise.resolve([]));
    const stores = [store('a', 'a/'), store('b', 'b/')];
    expect(await follow([written('a/1', 'm1'), written('b/1', 'm2')], stores, { answer })).toEqual(['m1']);
    expect([told, failed]).toEqual([['a: a/1', 'b: b/1'], ['a 1 Error: denied']]);
  });
});
