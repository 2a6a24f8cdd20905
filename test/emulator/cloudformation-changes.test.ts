import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketEncryptionCommand,
  GetObjectLockConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { changeStack, stackNamed } from '../support/change-stack.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { parameterValue } from '../support/raw-call.ts';

const bucket = (Properties: object = {}, more: object = {}) => ({
  Type: 'AWS::S3::Bucket',
  Properties,
  ...more,
});
const parameter = (Name: string, Value: unknown = 'v', more: object = {}) => ({
  ...{ Type: 'AWS::SSM::Parameter', Properties: { Name, Type: 'String', Value } },
  ...more,
});

describe('CloudFormation on loopback, by change sets', () => {
  let aws: Embedded;
  let client: CloudFormationClient;
  beforeAll(async () => {
    aws = await embedded();
    client = new CloudFormationClient({ endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await aws.stop();
  });

  const physicalIds = async (StackName: string): Promise<Readonly<Record<string, string>>> => {
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    return Object.fromEntries(
      StackResources.map((one): readonly [string, string] => [
        one.LogicalResourceId!,
        one.PhysicalResourceId!,
      ]),
    );
  };
  const exists = async (Bucket: string): Promise<boolean> =>
    (await errorName(aws.s3.send(new GetBucketEncryptionCommand({ Bucket })))) === 'none';
  const valueOf = (name: string): Promise<string | undefined> => parameterValue(aws.endpoint, name);
  const remove = (StackName: string) => client.send(new DeleteStackCommand({ StackName }));
  /** What happened to resources, the first first; `StackName` may be the id of a deleted stack. */
  const told = async (StackName: string): Promise<readonly string[]> => {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.reverse()
      .map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`)
      .filter(words => !words.includes('IN_PROGRESS'));
  };

  it.each([
    ['a Ref', { A: parameter('/a', { Ref: 'Gone' }) }, {}],
    ['a text', { A: parameter('/a', { 'Fn::Sub': ['${x}${Gone.Arn}', { x: 'y' }] }) }, {}],
    ['an attribute', { A: parameter('/a', { 'Fn::GetAtt': ['Gone', 'Arn'] }) }, {}],
    ['a dependency', { A: parameter('/a', 'v', { DependsOn: 'Gone' }) }, {}],
    ['an output', { A: parameter('/a') }, { Outputs: { O: { Value: { Ref: 'Gone' } } } }],
  ])('refuses a template in which %s names nothing that is there', async (_, Resources, more) => {
    const block = 'Outputs' in more ? 'Outputs' : 'Resources';
    await expect(changeStack(client, 'unresolved', { Resources, ...more })).rejects.toThrow(
      `${block === 'Outputs' ? '' : 'Template format error: '}Unresolved resource dependencies [Gone] in the ${block} block of the template`,
    );
  });

  it('refuses a resource without a type', async () => {
    await expect(changeStack(client, 'untyped', { Resources: { A: { Properties: {} } } })).rejects.toThrow(
      'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    );
  });

  it('makes resources after those that they refer to, by parameters and conditions', async () => {
    const template = {
      Parameters: { Stage: { Type: 'String', Default: 'test' }, Names: { Type: 'CommaDelimitedList' } },
      Conditions: {
        IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
        IsNot: { 'Fn::Not': [{ Condition: 'IsTest' }] },
      },
      Resources: {
        Says: parameter('/first/says', {
          'Fn::Sub': ['${Bucket}-${AWS::Region}-${end}', { end: { 'Fn::If': ['IsTest', 'yes', 'no'] } }],
        }),
        Bucket: bucket(),
        Never: bucket({}, { Condition: 'IsNot' }),
        Joined: parameter('/first/joined', { 'Fn::Join': ['+', { Ref: 'Names' }] }, { DependsOn: 'Says' }),
      },
      Outputs: { Bucket: { Value: { Ref: 'Bucket' } }, Never: { Value: 'x', Condition: 'IsNot' } },
    };
    const { changes, stack } = await changeStack(client, 'First', template, {
      Parameters: [{ ParameterKey: 'Names', ParameterValue: 'a,b' }],
    });
    expect(changes).toEqual(['Add Bucket', 'Add Says', 'Add Joined']);
    const { Bucket } = await physicalIds('First');
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'Bucket', OutputValue: Bucket }],
    });
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: 'First' }));
    expect(JSON.parse(TemplateBody!)).toEqual(template);
    expect(await valueOf('/first/says')).toBe(`${Bucket}-us-east-1-yes`);
    expect(await valueOf('/first/joined')).toBe('a+b');
  });

  it('changes in place, replaces, and takes away, and keeps what its policies say', async () => {
    const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    const before = {
      Resources: { Stays: bucket(), Goes: bucket(), Kept: bucket({}, kept), Old: bucket({}, kept) },
    };
    await changeStack(client, 'Second', before);
    const first = await physicalIds('Second');
    const after = {
      Resources: {
        Stays: bucket({ VersioningConfiguration: { Status: 'Enabled' } }),
        Kept: bucket({ ObjectLockEnabled: true }, kept),
        Says: parameter('/second', { Ref: 'Kept' }),
      },
    };
    const { changes, stack } = await changeStack(client, 'Second', after);
    expect(changes.toSorted()).toEqual([
      'Add Says',
      'Modify Kept by a new one',
      'Modify Stays',
      'Remove Goes',
      'Remove Old',
    ]);
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    const second = await physicalIds('Second');
    expect(second['Stays']).toBe(first['Stays']);
    expect(second['Kept']).not.toBe(first['Kept']);
    expect(await valueOf('/second')).toBe(second['Kept']);
    const there = [first['Stays'], first['Goes'], first['Kept'], first['Old'], second['Kept']];
    expect(await Promise.all(there.map(name => exists(name!)))).toEqual([true, false, true, true, true]);
  });

  it('has nothing to execute where nothing changes', async () => {
    const template = { Resources: { Says: parameter('/third') } };
    await changeStack(client, 'Third', template);
    await expect(changeStack(client, 'Third', template)).rejects.toThrow("didn't contain changes");
    const described = { ...template, Description: 'other words' };
    expect((await changeStack(client, 'Third', described)).changes).toEqual([]);
  });

  it('takes a creation back that fails, the last resource first', async () => {
    const kept = { DeletionPolicy: 'Retain' };
    const exceptOnCreate = { DeletionPolicy: 'RetainExceptOnCreate' };
    const { stack } = await changeStack(client, 'Fourth', {
      Resources: {
        Goes: bucket(),
        Stays: bucket({}, { ...kept, DependsOn: 'Goes' }),
        GoesToo: bucket({}, { ...exceptOnCreate, DependsOn: 'Stays' }),
        Fails: parameter('/third', 'v', { DependsOn: 'GoesToo' }),
      },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await told('Fourth')).slice(3)).toEqual([
      'Fails CREATE_FAILED',
      'GoesToo DELETE_COMPLETE',
      'Stays DELETE_SKIPPED',
      'Goes DELETE_COMPLETE',
      'Fourth ROLLBACK_COMPLETE',
    ]);
    await expect(changeStack(client, 'Fourth', { Resources: { A: bucket() } })).rejects.toThrow(
      'ROLLBACK_COMPLETE',
    );
  });

  it('takes an update back that fails, and has what it had', async () => {
    const template = (Value: string, more: object = {}) => ({
      Resources: { Says: parameter('/fifth', Value), ...more },
    });
    await changeStack(client, 'Fifth', template('before', { Goes: parameter('/fifth/goes') }));
    const { stack } = await changeStack(
      client,
      'Fifth',
      template('after', { New: bucket(), Fails: parameter('/third', 'v', { DependsOn: 'New' }) }),
    );
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([await valueOf('/fifth'), await valueOf('/fifth/goes')]).toEqual(['before', 'v']);
    expect(Object.keys(await physicalIds('Fifth'))).toEqual(['Says', 'Goes']);
    expect((await changeStack(client, 'Fifth', template('at last'))).stack.StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
    expect([await valueOf('/fifth'), await valueOf('/fifth/goes')]).toEqual(['at last', undefined]);
  });

  it('is deleted only without protection, and keeps what cannot or must not go', async () => {
    await changeStack(client, 'Sixth', {
      Resources: {
        Full: bucket(),
        Kept: bucket({}, { DeletionPolicy: 'Retain' }),
        Says: parameter('/sixth'),
      },
    });
    const { Full, Kept } = await physicalIds('Sixth');
    await aws.s3.send(new PutObjectCommand({ Bucket: Full, Key: 'a', Body: 'a' }));
    const protect = (EnableTerminationProtection: boolean) =>
      client.send(
        new UpdateTerminationProtectionCommand({ StackName: 'Sixth', EnableTerminationProtection }),
      );
    await protect(true);
    await expect(remove('Sixth')).rejects.toThrow('cannot be deleted while TerminationProtection is enabled');
    await protect(false);
    await remove('Sixth');
    expect(await stackNamed(client, 'Sixth')).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [Full].',
    });
    const { StackId } = await stackNamed(client, 'Sixth');
    await client.send(new DeleteStackCommand({ StackName: 'Sixth', RetainResources: ['Full'] }));
    await expect(stackNamed(client, 'Sixth')).rejects.toThrow('does not exist');
    expect((await stackNamed(client, StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    expect([await exists(Full!), await exists(Kept!), await valueOf('/sixth')]).toEqual([
      true,
      true,
      undefined,
    ]);
  });

  it('gives a stack that was deleted new names when it comes again', async () => {
    const template = { Resources: { Kept: bucket({}, { DeletionPolicy: 'Retain' }) } };
    await changeStack(client, 'Again', template);
    const first = await physicalIds('Again');
    await remove('Again');
    expect((await changeStack(client, 'Again', template)).stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(await physicalIds('Again')).not.toEqual(first);
  });

  it('knows a type, property, attribute and function, or refuses the template', async () => {
    const refused = async (Resources: object, more: object = {}): Promise<unknown> =>
      changeStack(client, 'Unknown', { Resources, ...more }).catch(
        (error: unknown) => (error as Error).message,
      );
    expect(await refused({ A: { Type: 'AWS::EC2::Instance' } })).toContain('AWS::EC2::Instance');
    expect(await refused({ A: bucket({ BucketNaem: 'x' }) })).toContain('BucketNaem');
    expect(await refused({ A: { ...bucket(), CreationPolicy: {} } })).toContain('CreationPolicy');
    expect(await refused({ A: parameter('/x', { 'Fn::GetAtt': ['B', 'Colour'] }), B: bucket() })).toContain(
      'Colour',
    );
    expect(await refused({ A: parameter('/x', { 'Fn::Cidr': [] }) })).toContain('Fn::Cidr');
    expect(await refused({ A: bucket() }, { Transform: 'AWS::Serverless-2016-10-31' })).toContain(
      'Transform',
    );
    expect(await refused({ A: parameter('/x', { Ref: 'Nobody' }) })).toContain('[Nobody]');
    const circle = { A: parameter('/a', { Ref: 'B' }), B: parameter('/b', { Ref: 'A' }) };
    expect(await refused(circle)).toContain('Circular dependency between resources: [A, B]');
    await expect(stackNamed(client, 'Unknown')).rejects.toThrow('does not exist');
  });

  it('does not replace what has a name, and does not change what cannot be', async () => {
    const named = (more: object) => ({ Resources: { B: bucket({ BucketName: 'custom-named', ...more }) } });
    await changeStack(client, 'Named', named({}));
    await expect(changeStack(client, 'Named', named({ ObjectLockEnabled: true }))).rejects.toThrow(
      'Rename custom-named and update the stack again',
    );
    const key = (MultiRegion: boolean) => ({
      Resources: { K: { Type: 'AWS::KMS::Key', Properties: { MultiRegion } } },
    });
    await changeStack(client, 'Key', key(false));
    await expect(changeStack(client, 'Key', key(true))).rejects.toThrow('cannot be changed');
  });

  it('makes buckets with their encryption and locks', async () => {
    await changeStack(client, 'Locked', {
      Resources: {
        B: bucket({
          BucketName: 'locked-bucket',
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              {
                ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
                BucketKeyEnabled: true,
              },
            ],
          },
          ObjectLockEnabled: true,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
          },
        }),
      },
    });
    const Bucket = 'locked-bucket';
    const { ServerSideEncryptionConfiguration } = await aws.s3.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    expect(ServerSideEncryptionConfiguration!.Rules).toEqual([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
        BucketKeyEnabled: true,
        BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
      },
    ]);
    const { ObjectLockConfiguration } = await aws.s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
    });
  });
});
