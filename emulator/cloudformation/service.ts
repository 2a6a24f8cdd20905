import type { Permission } from '../protocol/authorization.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { escapeXml, queryService } from '../protocol/query-protocol.ts';
import type { Service } from '../protocol/request.ts';
import type { Stack } from './stack.ts';

/** CloudFormation: describes stacks and their outputs. The loader creates stacks; calls cannot. */
export function cloudFormationService(stacks: readonly Stack[]): Service {
  return queryService(
    {
      DescribeStacks: (parameters, { region, caller }) => {
        const name = parameters.get('StackName');
        const found = stacks.filter(
          stack =>
            stack.region === region &&
            stack.accountId === caller.accountId &&
            (name === null || stack.stackName === name),
        );
        if (name !== null && found.length === 0)
          throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
        return `<Stacks>${found.map(stackXml).join('')}</Stacks>`;
      },
      GetTemplate: (parameters, { region, caller }) => {
        const name = parameters.get('StackName');
        const found = stacks.find(
          stack =>
            stack.region === region && stack.accountId === caller.accountId && stack.stackName === name,
        );
        if (found === undefined)
          throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
        // Nothing transforms a template here: both stages are the text that was deployed. Characters beyond ASCII come
        // back as question marks (aws-cloudformation/cloudformation-coverage-roadmap, issues 814 and 1220).
        const stages =
          '<StagesAvailable><member>Original</member><member>Processed</member></StagesAvailable>';
        return `<TemplateBody>${escapeXml(found.templateBody.replace(/[\u{80}-\u{10ffff}]/gu, '?'))}</TemplateBody>${stages}`;
      },
    },
    permissionsOf,
  );
}

/** A stack is named without its id, so that a permission must leave the id open. */
function permissionsOf(
  operation: string,
  parameters: URLSearchParams,
  { region, caller: { accountId } }: OperationContext,
): readonly Permission[] {
  const name = parameters.get('StackName');
  const stack = `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/*`;
  return [
    {
      action: `cloudformation:${operation}`,
      resource: name === null ? '*' : stack,
      resourceAccountId: accountId,
    },
  ];
}

function stackXml({ stackName, outputs, region, accountId }: Stack): string {
  const members = Object.entries(outputs).map(
    ([name, value]) => `<member><OutputKey>${name}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<member><StackName>${stackName}</StackName><StackId>arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/embedded</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>${new Date().toISOString()}</CreationTime><Outputs>${members.join('')}</Outputs></member>`;
}
