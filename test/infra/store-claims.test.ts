import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { claimsIn, deployClaims, StoreClaims } from '../../lib/claims/store-claims.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { job, NEW_KEY, use } from '../support/builders.ts';
import { embedded } from '../support/embedded.ts';
import { synthesized } from '../support/stack.ts';

const EUROPEAN_KEY = NEW_KEY.replace('us-east-1', 'eu-west-1');
const ORDERS = '/kms-rewrap/stores/dynamodb/Orders';

const european = (name: string, changes: Partial<Job> = {}): Job =>
  job({ name, destination: { ...use(EUROPEAN_KEY), dataKeyBytes: 32 }, ...changes });

const app = (): App =>
  new App({ outdir: mkdtempSync(join(tmpdir(), 'claims-')), builtinCloudFormationValidation: false });

const claimsBelow = (jobs: readonly Job[]): Readonly<Record<string, readonly string[]>> => {
  const one = app();
  deployClaims(one, { jobs, deployment: 'KmsRewrap', users: [] });
  const stacks = one.node.children.filter(child => Stack.isStack(child));
  return Object.fromEntries(
    stacks.map(stack => [
      stack.region,
      Object.values(Template.fromStack(stack).findResources('AWS::SSM::Parameter')).map(
        ({ Properties }) => (Properties as { Name: string }).Name,
      ),
    ]),
  );
};

describe('a store', () => {
  it('is claimed by the deployment that writes to it, once, whatever the number of jobs and prefixes', () => {
    const bucket = (prefix: string): Store => ({
      type: 's3',
      bucket: 'documents',
      prefix,
      format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} },
    });
    const template = synthesized([job(), job({ name: 'b', stores: [bucket('a/'), bucket('b/')] })]);
    const names = Object.values(template.findResources('AWS::SSM::Parameter')).map(
      ({ Properties }) => (Properties as { Name: string }).Name,
    );
    expect(names.sort()).toEqual([ORDERS, '/kms-rewrap/stores/s3/documents']);
  });

  it('is claimed in its own Region, where the lock is in another one', () => {
    expect(claimsBelow([european('moves')])).toEqual({ 'us-east-1': [ORDERS] });
    expect(claimsBelow([job()])).toEqual({});
  });

  it('that is copied is claimed where the copy is written', () => {
    const copyTo = { region: 'eu-west-1', table: 'There', createMissing: true };
    const jobs = [european('copies', { stores: [{ ...job().stores[0]!, copyTo }] })];
    expect(claimsBelow(jobs)).toEqual({});
    expect(claimsIn('eu-west-1', jobs).map(({ name }) => name)).toEqual([
      '/kms-rewrap/stores/dynamodb/There',
    ]);
  });

  it('is refused to two Regions of one deployment: neither sees the lock of the other', () => {
    expect(() => claimsBelow([job(), european('moves')])).toThrow(JobsRefused);
    expect(() => claimsBelow([job(), european('moves')])).toThrow(
      'job moves: writes to dynamodb Orders in us-east-1, as the job orders does',
    );
  });

  it('is refused to a second deployment of the account, by CloudFormation', async () => {
    const aws = await embedded();
    const assembly = (stackName: string): string => {
      const one = app();
      const stack = new Stack(one, stackName, { env: { region: 'us-east-1', account: '111122223333' } });
      new StoreClaims(stack, 'Stores', { claims: claimsIn('us-east-1', [job()]) });
      return one.synth().directory;
    };
    try {
      await aws.aws.deploy(assembly('First'));
      await expect(aws.aws.deploy(assembly('Second'))).rejects.toThrow(`already exists: ${ORDERS}`);
    } finally {
      await aws.stop();
    }
  });
});
