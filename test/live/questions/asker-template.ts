import type { Run } from '../things/entries.ts';
import { TAG } from '../things/thing.ts';

/** A role that questions about permissions are asked with, and a state machine whose role may do nothing. */
export function askerTemplate({
  id,
  account,
  table,
  bucket,
}: Pick<Run, 'id' | 'account'> & { readonly table: string; readonly bucket: string }): object {
  const byTag = { StringEquals: { [`aws:ResourceTag/${TAG}`]: id } };
  const allowed = [
    { Effect: 'Allow', Action: 'kms:*', Resource: '*', Condition: byTag },
    { Effect: 'Allow', Action: 's3:*', Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] },
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: `arn:aws:dynamodb:*:${account}:table/${table}` },
  ];
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'kms-rewrap: the live test asks AWS about permissions with these',
    Resources: {
      Asker: role({ AWS: `arn:aws:iam::${account}:root` }, allowed),
      MachineRole: role({ Service: 'states.amazonaws.com' }, []),
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
          DefinitionString: JSON.stringify(MAP_WITHOUT_PERMISSION),
        },
      },
    },
    Outputs: {
      RoleArn: { Value: { 'Fn::GetAtt': ['Asker', 'Arn'] } },
      MachineArn: { Value: { Ref: 'Machine' } },
    },
  };
}

function role(Principal: object, Statement: readonly object[]): object {
  const Version = '2012-10-17';
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version,
        Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
      },
      ...(Statement.length > 0 && {
        Policies: [{ PolicyName: 'questions', PolicyDocument: { Version, Statement } }],
      }),
    },
  };
}

const MAP_WITHOUT_PERMISSION = {
  QueryLanguage: 'JSONata',
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      Items: [1],
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Nothing',
        States: { Nothing: { Type: 'Pass', End: true } },
      },
      End: true,
    },
  },
};
