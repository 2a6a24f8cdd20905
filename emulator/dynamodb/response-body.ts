import { asAwsError } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';

const INTERNAL = 'com.amazonaws.dynamodb.v20120810#InternalServerError';

/** The same answer with another body; its length and checksum were those of the body that it had. */
export function withBody({ status, headers }: AwsResponse, output: object): AwsResponse {
  const body = JSON.stringify(output);
  const { 'content-length': _, 'x-amz-crc32': __, ...others } = headers;
  return { status, headers: { ...others, 'content-length': String(Buffer.byteLength(body)) }, body };
}

/** An answer in JSON. */
export function json({ requestId }: AwsRequest, output: object, status = 200): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
    body: JSON.stringify(output),
  };
}

/** What goes wrong in the embedded DynamoDB itself. The caller gets the error that DynamoDB documents, and the log what it was. */
export function internalServerError(error: unknown): AwsResponse {
  const { message } = asAwsError(error);
  const body = JSON.stringify({ __type: INTERNAL, message });
  return { status: 500, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}
