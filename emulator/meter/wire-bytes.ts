import { Buffer } from 'node:buffer';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `GET PATH HTTP/1.1`, the headers and the body, each line with its end. */
export function requestBytes({ method, path, query, headers, body }: AwsRequest): number {
  const search = query.size === 0 ? 0 : 1 + query.toString().length;
  return method.length + 1 + path.length + search + 11 + headerBytes(headers) + body.length;
}

/** `HTTP/1.1 200 OK`, the headers and the body. */
export function responseBytes({ headers, body }: AwsResponse): number {
  return 17 + headerBytes(headers) + (typeof body === 'string' ? Buffer.byteLength(body) : body.length);
}

/** `NAME: VALUE` with the end of its line, and the empty line after the last. */
function headerBytes(headers: Headers): number {
  let bytes = 2;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) bytes += name.length + 4 + String(value).length;
  return bytes;
}
