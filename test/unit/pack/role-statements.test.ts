import { roleStatements } from '../../../lambda/core/pack/role-statements.ts';

const sign = { Effect: 'Allow', Action: 'kms:Sign', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } };
const put = { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' };
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }] };

function policy(type: string, role: string, statement: object): object {
  return {
    Type: `AWS::IAM::${type}`,
    Properties: { PolicyDocument: { Statement: [statement] }, Roles: [{ Ref: role }] },
  };
}

describe('what a template says that roles may do', () => {
  it('is in policies of their own, in those that name them, and in managed ones', () => {
    const template = {
      Resources: {
        Report: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: trust,
            Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [read] } }],
            ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
          },
        },
        Other: { Type: 'AWS::IAM::Role', Properties: {} },
        Inline: policy('Policy', 'Report', sign),
        Managed: policy('ManagedPolicy', 'Report', put),
        Elsewhere: policy('Policy', 'Other', read),
        Bucket: { Type: 'AWS::S3::Bucket' },
      },
    };
    expect(roleStatements(template)).toEqual([
      {
        ...{ role: 'Report', trust, statements: [read, sign, put] },
        managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      },
      { role: 'Other', statements: [read], managedPolicies: [] },
    ]);
  });

  it.each([undefined, null, {}, { Resources: [] }, { Resources: { A: { Type: 'AWS::IAM::Role' } } }])(
    'is nothing that is not there: %j',
    template => expect(roleStatements(template).flatMap(({ statements }) => statements)).toEqual([]),
  );
});
