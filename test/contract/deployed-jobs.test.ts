import { App, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployedJobs } from '../../lambda/adapters/run/deployment.ts';
import { JOBS_METADATA, jobsText } from '../../lambda/core/job/deployed-jobs.ts';
import { bucketStore, job } from '../support/builders.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const JOBS = [
  job({ name: 'archiv', stores: [bucketStore({ prefix: 'Köln/東京/' })] as unknown as Job['stores'] }),
];

/** A stack that carries jobs, and one from a version whose stacks did not. */
function assembly(): string {
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'assembly-')),
    builtinCloudFormationValidation: false,
  });
  const env = { region: 'us-east-1', account: '111122223333' };
  const now = new Stack(app, 'Now', { env, description: 'Größe & <Maß>' });
  now.templateOptions.metadata = { [JOBS_METADATA]: jobsText(JOBS) };
  const earlier = new Stack(app, 'Earlier', { env });
  for (const stack of [now, earlier]) new CfnBucket(stack, 'Bucket');
  return app.synth().directory;
}

describe('the jobs of a deployed stack', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.aws.deploy(assembly());
  });
  afterAll(() => aws.stop());
  const of = (stack: string) => deployedJobs(stack, { endpoint: aws.endpoint, region: 'us-east-1' });

  it('are read from its template, though GetTemplate shows only ASCII', async () => {
    expect(await of('Now')).toEqual({ kind: 'jobs', jobs: JOBS });
  });

  it('are unknown if the template does not carry them, and there are none without a stack', async () => {
    expect(await of('Earlier')).toEqual({ kind: 'unknown' });
    expect(await of('Never')).toEqual({ kind: 'no-stack' });
  });
});
