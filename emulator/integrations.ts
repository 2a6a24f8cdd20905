import { randomUUID } from 'node:crypto';
import type { Functions } from './functions/functions.ts';
import { permissionToInvoke, type LambdaRuntime } from './functions/service.ts';
import type { Authorization } from './protocol/authorization.ts';
import { AwsError } from './protocol/aws-error.ts';
import { DEFAULT_REGION } from './protocol/callers.ts';
import type { AwsRequest, AwsResponse, Caller, Service } from './protocol/request.ts';
import type { Buckets } from './s3/bucket.ts';
import type { Integrations } from './stepfunctions/execution-frame.ts';
import { StatesError } from './stepfunctions/states-error.ts';

export interface Integrated {
  readonly functions: Functions;
  readonly lambda: LambdaRuntime;
  readonly buckets: Buckets;
  readonly s3: () => Service;
  readonly authorizationOf: (from: Pick<AwsRequest, 'caller' | 'region' | 'service'>) => Authorization;
  readonly transition: () => void;
}

/** What a state machine reaches, always under its own role. */
export function integrations(services: Integrated): Integrations {
  return {
    transition: services.transition,
    invokeFunction: (functionName, payload, caller) => invoke(services, { functionName, payload, caller }),
    needForChildren: (action, machineArn, caller) => {
      const [region = '', name = ''] = [3, 6].map(index => machineArn.split(':')[index]);
      const executions = machineArn.replace(':stateMachine:', ':execution:');
      const resource = {
        StartExecution: machineArn,
        DescribeExecution: `${executions}:child`,
        StopExecution: `${executions}:child`,
        RedriveExecution: `${executions}/map:child`,
      }[action];
      try {
        services
          .authorizationOf({ caller, region, service: 'states' })
          .need({ action: `states:${action}`, resource, resourceAccountId: caller.accountId });
      } catch (error) {
        throw new StatesError('States.Permissions', `${name}: ${(error as Error).message}`);
      }
    },
    readObject: async (bucket, key, caller) => {
      const response = await s3Call(services, { method: 'GET', bucket, key, caller });
      return Buffer.from(response.body);
    },
    writeObject: async ({ bucket, key, body }, caller) => {
      await s3Call(services, { method: 'PUT', bucket, key, caller, body: Buffer.from(body) });
    },
  };
}

interface Invocation {
  readonly functionName: string;
  readonly payload: unknown;
  readonly caller: Caller;
}

async function invoke(
  { functions, lambda, authorizationOf }: Integrated,
  { functionName, payload, caller }: Invocation,
): Promise<unknown> {
  const region = functionName.split(':')[3] ?? DEFAULT_REGION;
  try {
    const definition = functions.get(functionName, { region, accountId: caller.accountId });
    authorizationOf({ caller, region, service: 'lambda' }).need(permissionToInvoke(functionName, definition));
    const result = await lambda.invoke(definition, payload);
    if (result.kind === 'returned') return result.payload;
    throw new StatesError(result.errorType, JSON.stringify(result.payload));
  } catch (error) {
    if (error instanceof AwsError) throw new StatesError(nameOf(error), error.message);
    throw error;
  }
}

/** Step Functions reports a refusal by IAM under the general name of Lambda's errors. */
function nameOf({ code }: AwsError): string {
  return code === 'AccessDeniedException' ? 'Lambda.AWSLambdaException' : `Lambda.${code}`;
}

interface S3Call {
  readonly method: 'GET' | 'PUT';
  readonly bucket: string;
  readonly key: string;
  readonly caller: Caller;
  readonly body?: Buffer;
}

async function s3Call(
  { buckets, s3, authorizationOf }: Integrated,
  { method, bucket, key, caller, body = Buffer.alloc(0) }: S3Call,
): Promise<AwsResponse> {
  const { region } = buckets.get(bucket);
  const response = await s3().handle({
    ...{ method, body, region, caller },
    path: `/${bucket}/${encodeURIComponent(key)}`,
    query: new URLSearchParams(),
    headers: {},
    service: 's3',
    iam: authorizationOf({ caller, region, service: 's3' }),
    requestId: randomUUID(),
  });
  if (response.status >= 300) throw new Error(String(response.body));
  return response;
}
