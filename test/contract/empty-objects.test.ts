import { GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { freshBuckets } from '../support/fresh-buckets.ts';
import { JobPlayer } from '../support/play-job.ts';

/** The console of S3 makes an object of no bytes for each folder. */
describe('objects without a data key that are empty', () => {
  let aws: Embedded;
  const newBucket = freshBuckets('empty', () => aws.s3);
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());

  const played = async (...bodies: readonly string[]) => {
    const [old, to, bucket] = [await createKey(aws.kms), await createKey(aws.kms), await newBucket()];
    const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: old, KeySpec: 'AES_256' });
    const { CiphertextBlob } = await aws.kms.send(made);
    const Metadata = { edk: Buffer.from(CiphertextBlob!).toString('base64') };
    await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: '2026/1', Body: 'x', Metadata }));
    for (const [index, Body] of bodies.entries())
      await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `folder-${index}/`, Body }));
    const { code, plan, report, advice } = await new JobPlayer(aws).play({
      ...{ name: 'job', source: { keys: [old] }, destination: { key: to } },
      stores: [{ type: 's3', bucket, format: { type: 'object-metadata', dataKey: 'edk' } }],
    });
    return {
      code,
      advice: advice.verdict,
      without: report.stores[0]?.withoutDataKey,
      warnings: plan.warnings,
    };
  };

  it('are counted, and are no doubt: their bodies hold nothing', async () => {
    const { warnings, ...result } = await played('', '');
    expect(result).toEqual({ code: 0, advice: 'disable', without: 2 });
    expect(warnings.join()).toContain('2 of 3 objects have no data key where the job looks');
    expect(warnings.join()).not.toContain('"withoutDataKey": "expected"');
  });

  it('leave the others in doubt', async () => {
    const { warnings, ...result } = await played('', 'x');
    expect(result).toEqual({ code: 1, advice: 'keep', without: 2 });
    expect(warnings.join()).toContain('"withoutDataKey": "expected"');
  });
});
