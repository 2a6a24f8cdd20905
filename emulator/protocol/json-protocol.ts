import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse, Service } from './request.ts';

/** The Region and the caller of an operation. */
export type OperationContext = Pick<AwsRequest, 'region' | 'caller' | 'requestId'>;

export type Operation = (input: Readonly<Record<string, unknown>>, context: OperationContext) => unknown;

/** A service of the AWS JSON protocols: `X-Amz-Target` names the operation, members travel as JSON. */
export function jsonService(
  operations: Readonly<Record<string, Operation>>,
  version: '1.0' | '1.1',
): Service {
  const contentType = `application/x-amz-json-${version}`;
  return {
    async handle(request: AwsRequest): Promise<AwsResponse> {
      const headers = { 'content-type': contentType, 'x-amzn-requestid': request.requestId };
      try {
        const output = await operationOf(request, operations)(inputOf(request), request);
        return { status: 200, headers, body: JSON.stringify(output ?? {}) };
      } catch (error) {
        const { code, message, status, members } = asAwsError(error);
        const body = JSON.stringify({ __type: code, message, Message: message, ...members });
        return { status, headers: { ...headers, 'x-amzn-errortype': code }, body };
      }
    },
  };
}

function operationOf({ headers }: AwsRequest, operations: Readonly<Record<string, Operation>>): Operation {
  const name =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? '';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined)
    throw new AwsError('UnknownOperationException', `the embedded AWS does not have the operation '${name}'`);
  return operation;
}

function inputOf({ body }: AwsRequest): Readonly<Record<string, unknown>> {
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
