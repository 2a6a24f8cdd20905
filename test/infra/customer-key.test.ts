import type { Template } from 'aws-cdk-lib/assertions';
import { job } from '../support/builders.ts';
import { actionsOf, statementsByStage, synthesized, type Statement } from '../support/stack.ts';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/99999999-9999-9999-9999-999999999999';

/** What each stage may do with the key, as `action through service`. */
function usesOf(template: Template, stage: string): readonly string[] {
  const statements = (statementsByStage(template).get(stage) ?? []).filter(({ Resource }) =>
    /DeploymentKey|99999999-9999/.test(JSON.stringify(Resource)),
  );
  const through = ({ Condition }: Statement): string =>
    String(Condition?.['StringEquals']?.['kms:ViaService']).replace('.us-east-1.amazonaws.com', '');
  return statements
    .flatMap(one => actionsOf([one]).map(action => `${action} through ${through(one)}`))
    .sort();
}

const propertiesOf = (template: Template, type: string): readonly Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties as Record<string, unknown>);

describe('a customer managed key of the deployment', () => {
  const own = synthesized([job()], { customerManagedKey: true });
  const given = synthesized([job()], { customerManagedKey: KEY });

  it.each([
    ['of its own', own],
    ['that there is', given],
  ])('encrypts journal, run bucket, ledger, logs and results of queries: one %s', (_, template) => {
    const types = [
      'AWS::S3::Bucket',
      'AWS::DynamoDB::Table',
      'AWS::Logs::LogGroup',
      'AWS::Athena::WorkGroup',
    ];
    for (const properties of types.flatMap(type => propertiesOf(template, type)))
      expect(JSON.stringify(properties)).toMatch(/DeploymentKey|99999999-9999/);
    expect(propertiesOf(template, 'AWS::S3::Bucket').map(one => one['BucketEncryption'])).toEqual(
      [1, 2].map(() => ({
        ServerSideEncryptionConfiguration: [expect.objectContaining({ BucketKeyEnabled: true }) as object],
      })),
    );
  });

  it('may be used by each role only through the service that stores the data, and as far as its work needs', () => {
    const decrypt = ['kms:Decrypt through dynamodb', 'kms:Decrypt through s3'];
    const both = [...decrypt, 'kms:GenerateDataKey through s3'];
    for (const template of [own, given]) {
      expect(usesOf(template, 'Plan')).toEqual(both);
      expect(usesOf(template, 'MigrateUnit')).toEqual(both);
      expect(usesOf(template, 'VerifyUnit')).toEqual(both);
      expect(usesOf(template, 'RollbackUnit')).toEqual(both);
      expect(usesOf(template, 'Report')).toEqual(both);
      expect(usesOf(template, 'StateMachine')).toEqual([
        'kms:Decrypt through s3',
        'kms:GenerateDataKey through s3',
      ]);
    }
  });

  it('is rotated, has a name, and lets CloudWatch use it for the log groups and the alarms of this stack only', () => {
    own.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    own.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/Stack' });
    const [key] = propertiesOf(own, 'AWS::KMS::Key');
    const { Statement } = key?.['KeyPolicy'] as { readonly Statement: readonly object[] };
    expect(Statement.map(one => JSON.stringify(one)).filter(one => one.includes('amazonaws.com'))).toEqual([
      expect.stringMatching(/aws:logs:arn.*log-group:Stack-\*.*logs\.us-east-1\.amazonaws\.com/),
      expect.stringMatching(/aws:SourceArn.*:alarm:Stack-\*.*"cloudwatch\.amazonaws\.com"/),
    ]);
  });

  it('is not there unless the deployment says so', () => {
    synthesized().resourceCountIs('AWS::KMS::Key', 0);
  });

  it('is refused in words if it is none of this Region', () => {
    const elsewhere = KEY.replace('us-east-1', 'eu-west-1');
    expect(() => synthesized([job()], { customerManagedKey: elsewhere })).toThrow('is no key of us-east-1');
  });
});
