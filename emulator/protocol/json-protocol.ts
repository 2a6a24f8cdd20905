import type { Permission } from './authorization.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse, Service } from './request.ts';

/** The Region and the caller of an operation, and what the caller may do. */
export type OperationContext = Pick<AwsRequest, 'region' | 'caller' | 'iam' | 'requestId'>;

export type Operation = (input: Readonly<Record<string, unknown>>, context: OperationContext) => unknown;

/** What an operation needs of IAM, by its name. */
export type PermissionsOf<Input> = (
  operation: string,
  input: Input,
  context: OperationContext,
) => readonly Permission[];

/**
 * A service of the AWS JSON protocols: `X-Amz-Target` names the operation, members travel as JSON. A service without
 * `permissionsOf` asks IAM itself.
 */
export function jsonService(
  operations: Readonly<Record<string, Operation>>,
  version: '1.0' | '1.1',
  permissionsOf: PermissionsOf<Readonly<Record<string, unknown>>> = () => [],
): Service {
  const contentType = `application/x-amz-json-${version}`;
  return {
    async handle(request: AwsRequest): Promise<AwsResponse> {
      const headers = { 'content-type': contentType, 'x-amzn-requestid': request.requestId };
      try {
        const name = targetOf(request);
        const operation = operationOf(name, operations);
        const input = inputOf(request);
        for (const permission of permissionsOf(name, input, request)) request.iam.need(permission);
        const output = await operation(input, request);
        return { status: 200, headers, body: JSON.stringify(output ?? {}) };
      } catch (error) {
        return jsonError(error, headers);
      }
    },
  };
}

export function jsonError(error: unknown, headers: Readonly<Record<string, string>>): AwsResponse {
  const { code, message, status, members } = asAwsError(error);
  const body = JSON.stringify({ __type: code, message, Message: message, ...members });
  return { status, headers: { ...headers, 'x-amzn-errortype': code }, body };
}

/** The operation that the target header names. */
export function targetOf({ headers }: Pick<AwsRequest, 'headers'>): string {
  return (
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? ''
  );
}

function operationOf(name: string, operations: Readonly<Record<string, Operation>>): Operation {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined)
    throw new AwsError('UnknownOperationException', `the embedded AWS does not have the operation '${name}'`);
  return operation;
}

export function inputOf({ body }: AwsRequest): Readonly<Record<string, unknown>> {
  try {
    return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  } catch {
    throw new AwsError('SerializationException', 'the request body is no JSON');
  }
}

export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  process.stderr.write(
    `embedded AWS: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), {
    status: 500,
  });
}
