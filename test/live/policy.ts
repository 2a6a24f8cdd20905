import { TAG } from './things/thing.ts';

/**
 * What whoever runs the live test has to be allowed. Keys are made with the tag, and used and deleted by it; all else is named by the names
 * that the test gives. The stacks of the CDK make roles, so that their names bound IAM as well.
 */
export function policyOf(account: string): object {
  const tagged = { Null: { [`aws:ResourceTag/${TAG}`]: 'false' } };
  const names = (service: string, ...rest: readonly string[]): readonly string[] =>
    rest.map(one => `arn:aws:${service}:${one}`);
  return {
    Version: '2012-10-17',
    Statement: [
      allow(
        [
          'sts:GetCallerIdentity',
          'kms:ListKeys',
          'kms:ListAliases',
          'kms:ListResourceTags',
          'kms:DescribeKey',
        ],
        ['*'],
      ),
      {
        ...allow(['kms:CreateKey', 'kms:TagResource', 'kms:ReplicateKey'], ['*']),
        Condition: { Null: { [`aws:RequestTag/${TAG}`]: 'false' } },
      },
      { ...allow(['kms:*'], [`arn:aws:kms:*:${account}:key/*`]), Condition: tagged },
      allow(['s3:*'], names('s3', '::kms-rewrap-live-*', '::rewraplive*', '::cdk-*')),
      allow(
        ['dynamodb:*'],
        names('dynamodb', `*:${account}:table/kms-rewrap-live-*`, `*:${account}:table/RewrapLive*`),
      ),
      allow(['cloudformation:*'], names('cloudformation', `*:${account}:stack/RewrapLive*/*`)),
      allow(['cloudformation:GetTemplateSummary', 'cloudformation:ListStacks'], ['*']),
      allow(
        ['iam:*'],
        names(
          'iam',
          `:${account}:role/RewrapLive*`,
          `:${account}:role/cdk-*`,
          `:${account}:policy/RewrapLive*`,
        ),
      ),
      // KMS makes it with the first multi-Region key of an account.
      allow(
        ['iam:CreateServiceLinkedRole'],
        names('iam', `:${account}:role/aws-service-role/mrk.kms.amazonaws.com/*`),
      ),
      allow(['sts:AssumeRole'], names('iam', `:${account}:role/RewrapLive*`, `:${account}:role/cdk-*`)),
      allow(['states:*'], names('states', `*:${account}:*`)),
      allow(
        [
          'ssm:GetParameter',
          'ssm:GetParameters',
          'ssm:PutParameter',
          'ssm:DeleteParameter',
          'ssm:AddTagsToResource',
        ],
        names('ssm', `*:${account}:parameter/cdk-bootstrap/*`),
      ),
      allow(['ecr:*'], names('ecr', `*:${account}:repository/cdk-*`)),
      allow(['lambda:GetFunction*', 'lambda:List*'], names('lambda', `*:${account}:function:RewrapLive*`)),
    ],
  };
}

function allow(Action: readonly string[], Resource: readonly string[]) {
  return { Effect: 'Allow', Action, Resource };
}
