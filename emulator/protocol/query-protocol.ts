import { AwsError } from './aws-error.ts';
import { asAwsError, type OperationContext, type PermissionsOf } from './json-protocol.ts';
import type { AwsRequest, AwsResponse, Service } from './request.ts';

/** Returns the XML inside `<ACTIONResult>`. */
export type QueryOperation = (
  parameters: URLSearchParams,
  context: OperationContext,
) => string | Promise<string>;

/** A service of the AWS Query protocol: form parameters in, XML out. */
export function queryService(
  operations: Readonly<Record<string, QueryOperation>>,
  permissionsOf: PermissionsOf<URLSearchParams> = () => [],
): Service {
  return {
    handle(request: AwsRequest): Promise<AwsResponse> {
      return answer(request, operations, permissionsOf);
    },
  };
}

async function answer(
  request: AwsRequest,
  operations: Readonly<Record<string, QueryOperation>>,
  permissionsOf: PermissionsOf<URLSearchParams>,
): Promise<AwsResponse> {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': request.requestId };
  const metadata = `<ResponseMetadata><RequestId>${request.requestId}</RequestId></ResponseMetadata>`;
  try {
    const parameters = new URLSearchParams(request.body.toString('utf8'));
    const action = parameters.get('Action') ?? '';
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (operation === undefined)
      throw new AwsError('InvalidAction', `the embedded AWS does not have the action '${action}'`);
    for (const permission of permissionsOf(action, parameters, request)) request.iam.need(permission);
    const result = await operation(parameters, request);
    return {
      status: 200,
      headers,
      body: `<${action}Response><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`,
    };
  } catch (error) {
    const { code, message, status } = asAwsError(error);
    return {
      status,
      headers,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${request.requestId}</RequestId></ErrorResponse>`,
    };
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`);
}
