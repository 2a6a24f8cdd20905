import { followWarnings } from '../../lambda/core/plan/follow-warnings.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import type { TableCatalog } from '../../lambda/core/stores/dynamodb/catalog.ts';
import type { Seen } from '../../lambda/core/stores/lookup.ts';
import { job } from '../support/builders.ts';
import { STREAM } from '../support/follow-world.ts';
import { stores, table } from '../support/plan-ports.ts';

describe('what Plan says of a bucket that is to be followed', () => {
  const warnings = (seen: Seen<boolean>, mode: RunMode = 'migrate'): Promise<readonly string[]> => {
    const catalogs = stores({ tellsEventBridge: () => Promise.resolve(seen) });
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

describe('what Plan says of a table that is to be followed', () => {
  const warnings = (lookup: Awaited<ReturnType<TableCatalog['describeTable']>>): Promise<readonly string[]> =>
    followWarnings(job({ follow: { streams: [STREAM], untilQuietDays: 14 } }), {
      ...{ catalogs: stores({ describeTable: () => Promise.resolve(lookup) }), mode: 'migrate' },
    });

  it('is nothing where the table has that stream, and a warning where it has another one, or is not there', async () => {
    const streamArn = STREAM.replace('2026-01', '2026-02');
    expect(await warnings({ kind: 'found', description: table({ streamArn: STREAM }) })).toEqual([]);
    expect(await warnings({ kind: 'found', description: table({ streamArn }) })).toEqual([
      `dynamodb:us-east-1:Orders: is to be followed by ${STREAM}, and its stream is ${streamArn}: until the job names the stream that it has, and is deployed, nobody hears of late writes`,
    ]);
    expect((await warnings({ kind: 'found', description: table() })).join()).toContain('its stream is off');
    expect((await warnings({ kind: 'not-found' })).join()).toContain('is not there');
    expect((await warnings({ kind: 'denied', message: 'AccessDenied: no' })).join()).toContain(
      'this role could not see',
    );
  });
});
