import { followWarnings } from '../../lambda/core/plan/follow-warnings.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import type { Seen } from '../../lambda/core/stores/lookup.ts';
import { job } from '../support/builders.ts';
import { stores } from '../support/plan-ports.ts';

describe('what Plan says of a bucket that is to be followed', () => {
  const warnings = (seen: Seen<boolean>, mode: RunMode = 'migrate'): Promise<readonly string[]> => {
    const { s3 } = stores();
    const catalogs = { s3: { ...s3, tellsEventBridge: () => Promise.resolve(seen) } };
    const followed = job({ follow: { buckets: ['documents'], untilQuietDays: 14 } });
    return followWarnings(followed, { catalogs, mode });
  };

  it('is nothing where the bucket sends its events to EventBridge', async () => {
    expect(await warnings({ kind: 'seen', value: true })).toEqual([]);
  });

  it('is a warning where it does not, before the migration that the follower goes on with', async () => {
    expect(await warnings({ kind: 'seen', value: false })).toEqual([
      expect.stringMatching(/^s3:us-east-1:documents: .* does not send its events to EventBridge/),
    ]);
    expect(await warnings({ kind: 'seen', value: false }, 'census')).toEqual([]);
  });

  it('is a warning where nobody could see it', async () => {
    expect(await warnings({ kind: 'unseen', words: 'AccessDenied: no' })).toEqual([
      expect.stringContaining(
        'could not see whether the bucket sends its events to EventBridge (AccessDenied: no)',
      ),
    ]);
  });
});
