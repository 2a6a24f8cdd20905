import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableEncryption, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { KeyRewrap } from '../../lib/key-rewrap.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';

const jobs = loadJobs('examples/jobs/orders.json');

/** A stack of somebody else's app. Functions are not bundled. */
function stackIn(region: string | undefined): Stack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return new Stack(app, 'Theirs', region === undefined ? {} : { env: { region } });
}

describe('the construct KeyRewrap in the stack of another app', () => {
  it('makes the state machine, and the outputs by which the CLI finds it', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    for (const name of ['StateMachineArn', 'RunBucketName', 'JournalBucketName', 'LedgerTableName'])
      template.hasOutput(name, {});
  });

  it('claims the stores that its jobs write to', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 2);
  });

  it('is refused where the stack names no Region, because its claims would be nowhere', () => {
    expect(() => new KeyRewrap(stackIn(undefined), 'Rewrap', { jobs })).toThrow(/names no Region/);
  });

  it('is refused in another Region than that of the destination', () => {
    expect(() => new KeyRewrap(stackIn('eu-west-1'), 'Rewrap', { jobs })).toThrow(
      /its destination is in us-east-1/,
    );
  });

  it('is one for each stack, because the names of its outputs are fixed', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    expect(() => new KeyRewrap(stack, 'Second', { jobs })).toThrow(
      /^Theirs\/Second: the stack Theirs has a KeyRewrap already, Theirs\/Rewrap: .*a stack of its own/,
    );
  });

  it('is refused with jobs that are not what loadJobs reads', () => {
    const folder = 'jobs' as unknown as typeof jobs;
    expect(() => new KeyRewrap(stackIn('us-east-1'), 'Rewrap', { jobs: folder })).toThrow(
      /^jobs: is no list of jobs; write jobs: loadJobs\('FOLDER'\)/,
    );
  });

  it('is refused with a job that its schema refuses', () => {
    const [job] = jobs;
    const wrong = [{ ...job, stores: [] }] as unknown as typeof jobs;
    expect(() => new KeyRewrap(stackIn('us-east-1'), 'Rewrap', { jobs: wrong })).toThrow(/stores/);
  });
});

describe('tables and buckets of the app that are given to a KeyRewrap', () => {
  const partitionKey = { name: 'id', type: AttributeType.STRING };

  /** The stack with a table and a bucket under a key of the app, and the service. */
  function withStores(given: 'given' | 'left out'): Template {
    const stack = stackIn('us-east-1');
    const key = new Key(stack, 'Sse');
    const table = new Table(stack, 'Orders', {
      ...{ tableName: 'Orders', partitionKey },
      ...{ encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key },
    });
    const bucket = new Bucket(stack, 'Documents', { bucketName: 'order-documents', encryptionKey: key });
    new KeyRewrap(stack, 'Rewrap', { jobs, stores: given === 'given' ? [table, bucket] : [] });
    return Template.fromStack(stack);
  }

  /** `VerifyUnit dynamodb kms:Decrypt` for each use of the key of the app, but by the bucket and the table themselves. */
  function usesOfKey(template: Template): readonly string[] {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, policy]) => {
      const { PolicyDocument } = (
        policy as { Properties: { PolicyDocument: { Statement: StatementOfKey[] } } }
      ).Properties;
      return PolicyDocument.Statement.filter(({ Resource }) =>
        JSON.stringify(Resource).includes(key!),
      ).flatMap(({ Action, Condition }) =>
        [Action].flat().map(action => {
          const through = Condition?.StringEquals['kms:ViaService']?.split('.')[0];
          return `${/Functions(\w+?)Role/.exec(id)?.[1]} ${action} by ${through}`;
        }),
      );
    });
  }

  it('let the roles use their keys through the service that stores, and by no other way', () => {
    expect([...usesOfKey(withStores('given'))].sort()).toEqual([
      'MigrateUnit kms:Decrypt by dynamodb',
      'MigrateUnit kms:Decrypt by s3',
      'MigrateUnit kms:GenerateDataKey by s3',
      'Plan kms:Decrypt by dynamodb',
      'Plan kms:Decrypt by s3',
      'RollbackUnit kms:Decrypt by dynamodb',
      'RollbackUnit kms:Decrypt by s3',
      'RollbackUnit kms:GenerateDataKey by s3',
      'VerifyUnit kms:Decrypt by dynamodb',
      'VerifyUnit kms:Decrypt by s3',
    ]);
    expect(usesOfKey(withStores('left out'))).toEqual([]);
  });

  it('are made before the state machine', () => {
    const dependsOn = (template: Template): string =>
      JSON.stringify(
        Object.values(template.findResources('AWS::StepFunctions::StateMachine'))[0]?.['DependsOn'],
      );
    expect(dependsOn(withStores('given'))).toMatch(/Documents.*Orders/);
    expect(dependsOn(withStores('left out'))).not.toMatch(/Documents|Orders/);
  });

  it('may be imported, or tables of the second version', () => {
    const stack = stackIn('us-east-1');
    const table = new TableV2(stack, 'Orders', { tableName: 'Orders', partitionKey });
    const bucket = Bucket.fromBucketName(stack, 'Documents', 'order-documents');
    expect(() => new KeyRewrap(stack, 'Rewrap', { jobs, stores: [table, bucket] })).not.toThrow();
  });

  it('are refused without a name of their own, because no job can name them', () => {
    const stack = stackIn('us-east-1');
    const table = new Table(stack, 'Orders', { partitionKey });
    expect(() => new KeyRewrap(stack, 'Rewrap', { jobs, stores: [table] })).toThrow(
      'stores: the name of Theirs/Orders is not known at synthesis, and a job cannot name it; give it a tableName',
    );
  });

  it('are refused where no job names them, all at once', () => {
    const stack = stackIn('us-east-1');
    const table = new Table(stack, 'Others', { tableName: 'order-documents', partitionKey });
    const bucket = new Bucket(stack, 'Letters', { bucketName: 'letters' });
    expect(() => new KeyRewrap(stack, 'Rewrap', { jobs, stores: [table, bucket] })).toThrow(
      /no job names the table order-documents \(Theirs\/Others\) in us-east-1.*\n.*no job names the bucket letters/,
    );
  });

  it('are refused in another Region than that of the job', () => {
    const stack = stackIn('us-east-1');
    const there = new Stack(stack.node.root, 'There', { env: { region: 'eu-west-1' } });
    const table = new Table(there, 'Orders', { tableName: 'Orders', partitionKey });
    expect(() => new KeyRewrap(stack, 'Rewrap', { jobs, stores: [table] })).toThrow(
      /no job names the table Orders \(There\/Orders\) in eu-west-1/,
    );
  });
});

interface StatementOfKey {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}
