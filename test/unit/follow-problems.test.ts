import { followProblems } from '../../lambda/core/job/follow-problems.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { bucketStore, job } from '../support/builders.ts';
import { STREAM } from '../support/follow-world.ts';

const [orders] = job().stores;
const following = (changes: Partial<Job> = {}, streams = [STREAM]): Job =>
  job({ follow: { streams, untilQuietDays: 14 }, ...changes });
const words = (of: Job): readonly string[] => followProblems(of).map(one => one.words);

describe('what a job follows', () => {
  it('is a table of its own, whole, in the Region of its deployment', () => {
    expect(words(following())).toEqual([]);
  });

  it('is no other table', () => {
    expect(words(following({}, [STREAM.replace('Orders', 'Others')]))).toEqual([
      expect.stringContaining('no store of this job') as string,
    ]);
  });

  it('is named once', () => {
    expect(words(following({}, [STREAM, STREAM.replace('2026-01-01', '2026-02-02')]))).toEqual([
      expect.stringContaining('a second stream of one table') as string,
    ]);
  });

  it('is no store that is copied', () => {
    const copied = { ...orders!, copyTo: { region: 'eu-west-1', table: 'There', createMissing: true } };
    expect(words(following({ stores: [copied] }))).toEqual([
      expect.stringContaining('a store that is copied') as string,
    ]);
  });

  it('is no table of another account, whose streams Lambda hands to nobody here', () => {
    const theirs = {
      ...orders!,
      assumeRole: { roleArn: 'arn:aws:iam::444455556666:role/rewrap', externalId: 'rewrap' },
    };
    expect(words(following({ stores: [theirs] }))).toEqual([
      expect.stringContaining('a table of another account') as string,
    ]);
  });
});

describe('what a job follows in buckets', () => {
  const store = (changes: object = {}): Store =>
    bucketStore({ prefix: '2026/', ...changes }) as unknown as Store;
  const of = (stores: readonly Store[], buckets: readonly string[] = ['documents']): readonly string[] =>
    words(job({ stores, follow: { buckets, untilQuietDays: 14 } }));
  const one = (part: string): readonly string[] => [expect.stringContaining(part) as string];

  it('is a bucket of its stores, and may be several prefixes of it', () => {
    expect(of([store(), store({ prefix: 'old/' })])).toEqual([]);
  });

  it('is no other bucket, none twice, and something', () => {
    expect(of([store()], ['others'])).toEqual(one('is no bucket of a store of this job'));
    expect(of([store()], ['documents', 'documents'])).toEqual(one('is there twice'));
    expect(of([store()], [])).toEqual(one('names nothing to follow'));
  });

  it('is in no more buckets than one deployment follows, and says what to do with the others', () => {
    const names = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => `files-${at}`);
    const many = (count: number): readonly string[] =>
      of(
        names(count).map(bucket => store({ bucket })),
        names(count),
      );
    expect(many(50)).toEqual([]);
    expect(many(51)).toEqual(one('50 at most; leave some out, or make several jobs of this one'));
  });

  it('is no part of a prefix, because what is followed is whole', () => {
    expect(of([store(), store({ prefix: 'old/', scope: { suffix: '.pdf' } })])).toEqual(
      one('only a part of its prefix'),
    );
  });

  it('is no store that is copied, of another account, or of another Region than that of its deployment', () => {
    const copyTo = { region: 'eu-west-1', bucket: 'there', createMissing: true };
    expect(of([store({ copyTo })])).toEqual(one('a store that is copied'));
    const assumeRole = { roleArn: 'arn:aws:iam::444455556666:role/rewrap', externalId: 'rewrap' };
    expect(of([store({ assumeRole })])).toEqual(one('a bucket of another account'));
    expect(of([store({ region: 'eu-west-1' })])).toEqual(one('is in eu-west-1'));
  });
});
