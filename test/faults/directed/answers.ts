import type { Injection } from '../../../emulator/faults.ts';
import type { AwsResponse } from '../../../emulator/protocol/request.ts';
import type { Departure } from '../wire.ts';

/** What AWS answers to a call: an error by its name, or the answer to a call that succeeded. */
export type Answer =
  | { readonly error: string; readonly status: number }
  /** The body of a call that took effect. */
  | { readonly done: string };

/** The answer on the wire, as the service writes it. */
export function responseOf(answer: Answer, { service, operation }: Departure): AwsResponse {
  const type = service === 's3' ? 'application/xml' : 'application/x-amz-json-1.1';
  if ('done' in answer) return { status: 200, headers: { 'content-type': type }, body: answer.done };
  const { error, status } = answer;
  const message = 'misunderstood';
  if (service !== 's3')
    return {
      status,
      headers: { 'content-type': type, 'x-amzn-errortype': error },
      body: JSON.stringify({ __type: error, message }),
    };
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': type }, body: operation === 'HeadObject' ? '' : body };
}

export function injectionOf({ error, status }: Extract<Answer, { error: string }>): Injection {
  return { kind: 'error', error, status };
}
