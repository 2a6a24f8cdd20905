import type { AwsResponse } from '../protocol/request.ts';

/** The same answer with another body; its length and checksum were those of the body that it had. */
export function withBody({ status, headers }: AwsResponse, output: object): AwsResponse {
  const body = JSON.stringify(output);
  const { 'content-length': _, 'x-amz-crc32': __, ...others } = headers;
  return { status, headers: { ...others, 'content-length': String(Buffer.byteLength(body)) }, body };
}
