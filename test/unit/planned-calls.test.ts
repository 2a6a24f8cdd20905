import { planText } from '../../cli/render/terminal.ts';
import { bucketCalls, bucketCost } from '../../lambda/core/stores/s3/cost.ts';
import { planOf } from '../support/plan-ports.ts';

const kms = (calls: readonly { action: string; times: number; per: string }[] = []): number =>
  calls.filter(({ per }) => per === 'data key').reduce((sum, { times }) => sum + times, 0);

describe('the calls of a plan', () => {
  it.each(['migrate', 'census', 'verify'] as const)(
    'to KMS are those that a %s is estimated and priced by',
    async mode => {
      const plan = await planOf({}, { input: { job: 'orders', mode } });
      expect(kms(plan.calls) * plan.estimate.dataKeys).toBeCloseTo(plan.estimate.kmsRequests);
    },
  );

  it('write only where the run does', async () => {
    const writing = async (mode: string): Promise<readonly string[]> => {
      const { calls = [] } = await planOf({}, { input: { job: 'orders', mode } });
      return calls.map(({ action }) => action).filter(action => /Update|Put|Copy|TransactWrite/.test(action));
    };
    expect(await writing('migrate')).toEqual(['dynamodb:UpdateItem']);
    expect(await writing('census')).toEqual([]);
    expect(await writing('verify')).toEqual([]);
  });

  it('are shown with the plan, those of KMS first', async () => {
    const text = planText(await planOf({}, { input: { job: 'orders', mode: 'migrate' } }));
    expect(text).toMatch(
      /^calls KMS: kms:ReEncrypt 1\.01 per data key\ncalls dynamodb:Orders: dynamodb:Scan 2 per page, dynamodb:UpdateItem 1 per record$/m,
    );
  });

  it('to S3 cost what their plan says', () => {
    const visit = { isCopied: true, passes: 2, tags: true, annotations: 3, bodies: 0.5, writes: true };
    const calls = bucketCalls(visit);
    const reads = calls
      .filter(({ action }) => /Head|Get/.test(action))
      .reduce((sum, { times }) => sum + times, 0);
    const listings = calls.find(({ action }) => action === 's3:ListObjectsV2')!.times;
    expect(bucketCost({ records: 1_000, bytes: 0 }, visit).reads).toBeCloseTo(
      (1_000 * reads * 0.0004 + listings * 0.005) / 1_000,
    );
    expect(
      calls.filter(({ action }) => /Put|Copy/.test(action)).reduce((sum, { times }) => sum + times, 0),
    ).toBe(1);
  });
});
