import { followProblems } from '../../lambda/core/job/follow-problems.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { job } from '../support/builders.ts';
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
