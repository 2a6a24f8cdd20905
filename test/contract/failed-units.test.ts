import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

/** What Step Functions records about children that failed: JSON Lines in the folder of their map run. */
describe('the units that failed', () => {
  let aws: Embedded;
  beforeAll(async () => {
    // Pages of two, so that the listing has to be continued.
    aws = await embedded({ s3PageSize: 2 });
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'run-files' }));
  });
  afterAll(() => aws.stop());

  const put = (key: string, ...lines: readonly object[]) =>
    aws.s3.send(
      new PutObjectCommand({
        Bucket: 'run-files',
        Key: `runs/r/results/${key}`,
        Body: lines.map(line => `${JSON.stringify(line)}\n`).join(''),
      }),
    );
  const failed = () => new S3RunFiles(aws.s3, 'run-files').failedUnits('r');

  it('are none if no map has left any', async () => {
    await put('migrate/a/manifest.json', {});
    await put('migrate/a/SUCCEEDED_0.jsonl', { done: true });
    expect(await failed()).toEqual([]);
  });

  it('are those of the latest map, without the ones that were stopped with them', async () => {
    await put('migrate/a/FAILED_0.jsonl', { Status: 'FAILED', Error: 'Old', Cause: 'mended by a redrive' });
    await put('migrate/a/PENDING_0.jsonl', { Status: 'PENDING' });
    await put(
      'verify/b/FAILED_0.jsonl',
      { Status: 'ABORTED' },
      { Status: 'FAILED', Error: 'ServiceUnavailable', Cause: '{"errorMessage":"s3"}' },
      { Status: 'TIMED_OUT', Error: 'States.Timeout' },
    );
    expect(await failed()).toEqual([
      { Error: 'ServiceUnavailable', Cause: '{"errorMessage":"s3"}', worker: 'VerifyUnit' },
      { Error: 'States.Timeout', Cause: '', worker: 'VerifyUnit' },
    ]);
  });
});
