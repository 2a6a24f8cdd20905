import type { AwsRequest, AwsResponse } from '../protocol/request.ts';

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
