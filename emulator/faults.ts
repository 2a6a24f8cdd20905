import { setTimeout as sleep } from 'node:timers/promises';
import { asAwsError } from './protocol/json-protocol.ts';
import { AwsError } from './protocol/aws-error.ts';
import { operationOf } from './protocol/operation.ts';
import type { AwsRequest, AwsResponse } from './protocol/request.ts';

/** What happens to a call instead of its normal answer. */
export type Injection =
  /** The service answers with an error, and the call has no effect. */
  | {
      readonly kind: 'error';
      readonly error: string;
      readonly message?: string;
      /** @default 400 */
      readonly status?: number;
    }
  /** The connection breaks before the service has seen the call. */
  | { readonly kind: 'lost-request' }
  /** The call takes effect, and the connection breaks before its answer arrives. */
  | { readonly kind: 'lost-response' }
  /** The call has no effect, and no answer ever comes. */
  | { readonly kind: 'no-answer' }
  /** The service sees the call after that time, as over a long way. */
  | { readonly kind: 'late'; readonly milliseconds: number };

/** A fault to inject: the next calls of an operation fail. */
export interface Fault {
  readonly service: string;
  /** Only calls in this Region. Without it, calls in all Regions. */
  readonly region?: string;
  /** An operation as the API reference names it. Without it, all operations. */
  readonly operation?: string;
  /** Only calls about the S3 object with this key, as if a policy denied that object. */
  readonly key?: string;
  /** @default 'error' */
  readonly kind?: Injection['kind'];
  /** Only for the kind `error`. */
  readonly error?: string;
  readonly message?: string;
  /** @default 400 */
  readonly status?: number;
  /** Only for the kind `late`. @default 0 */
  readonly milliseconds?: number;
  /** How many calls fail before the fault is over. */
  readonly count: number;
}

/** Decides what happens to each call. */
export type Injector = (request: AwsRequest, operation: string) => Injection | undefined;

/** The connection of a call broke, so its caller learns nothing. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Faults in the order in which they were requested. Only errors that the service documents are injected. */
export class Faults {
  readonly #faults: { readonly fault: Fault; left: number }[] = [];
  #injector: Injector = () => undefined;

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.count });
  }

  /**
   * For code that runs this AWS in its own process. It is asked about every call that no counted fault is waiting for.
   */
  injectBy(injector: Injector): void {
    this.#injector = injector;
  }

  clear(): void {
    this.#faults.length = 0;
    this.#injector = () => undefined;
  }

  /**
   * Serves a call, or does to it what a fault says.
   *
   * @throws ConnectionLost where the caller is to learn nothing
   */
  async serve(
    request: AwsRequest,
    serve: (request: AwsRequest) => Promise<AwsResponse>,
  ): Promise<AwsResponse> {
    const operation = operationOf(request);
    const injection = this.#waiting(request, operation) ?? this.#injector(request, operation);
    switch (injection?.kind) {
      case undefined:
        return serve(request);
      case 'error': {
        const { error, message = 'injected', status = 400 } = injection;
        return errorResponse(new AwsError(error, message, { status }), request);
      }
      case 'lost-request':
        throw new ConnectionLost(operation);
      case 'lost-response':
        await serve(request);
        throw new ConnectionLost(operation);
      case 'no-answer':
        return new Promise<never>(() => undefined);
      case 'late':
        await sleep(injection.milliseconds);
        return serve(request);
    }
  }

  #waiting({ service, region, path }: AwsRequest, operation: string): Injection | undefined {
    const waiting = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        fault.service === service &&
        (fault.region ?? region) === region &&
        (fault.key === undefined || fault.key === keyOf(path)) &&
        (fault.operation ?? operation) === operation,
    );
    if (waiting === undefined) return undefined;
    waiting.left--;
    const { kind = 'error', error = 'InternalFailure', message, status, milliseconds = 0 } = waiting.fault;
    if (kind === 'late') return { kind, milliseconds };
    if (kind !== 'error') return { kind };
    return {
      kind,
      error,
      ...(message !== undefined && { message }),
      ...(status !== undefined && { status }),
    };
  }
}

/** The key in a path-style path, `/BUCKET/KEY`. */
function keyOf(path: string): string {
  return decodeURIComponent(path.split('/').slice(2).join('/'));
}

/** An error as the service of the request says it. */
export function errorResponse(error: AwsError, { service, method, requestId }: AwsRequest): AwsResponse {
  const { code, message, status } = asAwsError(error);
  if (service === 's3') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
    return { status, headers, body: method === 'HEAD' ? '' : body };
  }
  if (service === 'sts' || service === 'cloudformation') {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  }
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': code,
  };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}
