import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnAlias, CfnReplicaKey, Key } from 'aws-cdk-lib/aws-kms';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded, type Embedded } from '../support/embedded.ts';

const ACCOUNT = '111122223333';

/** A multi-Region key in one Region and its replica in another, in the form that `cdk synth` writes. */
function assembly(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const app = new App({
    outdir,
    context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' },
    builtinCloudFormationValidation: false,
  });
  // The names put the dependent stack before the other one in the assembly.
  const replicas = new Stack(app, 'A', { env: { region: 'eu-west-1', account: ACCOUNT } });
  const primaries = new Stack(app, 'B', { env: { region: 'us-east-1', account: ACCOUNT } });
  const primary = new Key(primaries, 'Key', { multiRegion: true, alias: 'alias/shared' });
  const replica = new CfnReplicaKey(replicas, 'Replica', {
    primaryKeyArn: primary.keyArn,
    keyPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'kms:*', Resource: '*' }],
    },
  });
  new CfnAlias(replicas, 'Alias', { aliasName: 'alias/shared', targetKeyId: replica.attrKeyId });
  new CfnOutput(replicas, 'ReplicaArn', { value: replica.attrArn });
  return app.synth().directory;
}

describe('CloudFormation on loopback', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());

  it('makes a key, its replica in another Region after it, and their aliases', async () => {
    expect(await aws.aws.deploy(assembly())).toEqual(['B (us-east-1)', 'A (eu-west-1)']);
    const describeIn = async (region: string) => {
      const client = new KMSClient({ endpoint: aws.endpoint, region });
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: 'alias/shared' }));
      client.destroy();
      return KeyMetadata!;
    };
    const [primary, replica] = [await describeIn('us-east-1'), await describeIn('eu-west-1')];
    expect(primary.MultiRegionConfiguration).toMatchObject({
      MultiRegionKeyType: 'PRIMARY',
      ReplicaKeys: [{ Region: 'eu-west-1' }],
    });
    expect(replica).toMatchObject({
      KeyId: primary.KeyId,
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', PrimaryKey: { Region: 'us-east-1' } },
    });
  });
});
