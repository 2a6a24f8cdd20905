import { accountOfRole } from '../../lambda/core/model/arn.ts';

/** A template of CloudFormation that makes one role. */
export interface OwnerTemplate {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Resources: { readonly Role: { readonly Type: 'AWS::IAM::Role'; readonly Properties: object } };
}

interface Parts {
  readonly job: string;
  readonly roleArn: string;
  readonly trust: object;
  readonly permissions: object;
}

/**
 * The role of an owner. It names neither the account nor the partition that it is made in, so that a stack set makes it in each account
 * that has stores of these names.
 */
export function ownerTemplate({ job, roleArn, trust, permissions }: Parts): OwnerTemplate {
  const account = accountOfRole(roleArn);
  const [name = '', ...folders] = roleArn.split(':role/').at(-1)?.split('/').reverse() ?? [];
  const path = folders.length === 0 ? {} : { Path: `/${folders.reverse().join('/')}/` };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What the job ${job} of kms-rewrap needs of the account that has its stores`,
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...{ RoleName: name, ...path, AssumeRolePolicyDocument: trust },
          Policies: [{ PolicyName: 'KmsRewrap', PolicyDocument: anywhere(permissions, account) }],
        },
      },
    },
  };
}

/** With the account that the stack is in. What is a variable of IAM stays one (CloudFormation user guide, Fn::Sub). */
function anywhere(value: unknown, account: string): unknown {
  if (Array.isArray(value)) return value.map(one => anywhere(one, account));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, anywhere(one, account)]));
  if (typeof value !== 'string' || !/^arn:[^:]+:/.test(value)) return value;
  const text = value
    .replaceAll('${', '${!')
    .replace(/^arn:[^:]+:/, 'arn:${AWS::Partition}:')
    .replace(`:${account}:`, ':${AWS::AccountId}:');
  return { 'Fn::Sub': text };
}
