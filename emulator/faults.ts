import { asAwsError } from './json-protocol.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse } from './request.ts';

/** A fault to inject: calls of an operation fail with an error before they take effect. */
export interface Fault {
  readonly service: string;
  /** Only calls in this Region; all Regions where it is not given. */
  readonly region?: string;
  /** Of the JSON protocols, the last part of `X-Amz-Target`; all operations where it is not given. */
  readonly operation?: string;
  readonly error: string;
  readonly message?: string;
  /** @default 400 */
  readonly status?: number;
  /** Calls that fail; then the fault is gone. */
  readonly count: number;
}

/** Faults in the order in which they were asked for. What is injected is what the service documents, no more. */
export class Faults {
  readonly #faults: { readonly fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.count });
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** The answer that this call gets instead of its own, if a fault is waiting for it. */
  answer({ service, region, headers, requestId }: AwsRequest): AwsResponse | undefined {
    const operation = String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const waiting = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        fault.service === service &&
        (fault.region ?? region) === region &&
        (fault.operation ?? operation) === operation,
    );
    if (waiting === undefined) return undefined;
    waiting.left--;
    const { error, message = 'injected', status = 400 } = waiting.fault;
    return faultResponse(new AwsError(error, message, { status }), service, requestId);
  }
}

function faultResponse(error: AwsError, service: string, requestId: string): AwsResponse {
  const { code, message, status } = asAwsError(error);
  if (service === 's3') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return { status, headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId }, body };
  }
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': code,
  };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}
