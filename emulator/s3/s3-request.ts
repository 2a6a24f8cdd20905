import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

/** A request in S3's terms. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly region: string;
  readonly accountId: string;
  /** The request as IAM and KMS see it. */
  readonly at: OperationContext;
}

/** Path-style addressing: `/BUCKET/KEY`. Unwraps aws-chunked bodies, trailers become headers. */
export function s3Request(request: AwsRequest): S3Request {
  const [, bucket = '', ...rest] = request.path.split('/');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const chunked =
    headers['content-encoding']?.split(',').some(token => token.trim() === 'aws-chunked') ?? false;
  const streamed = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
  // A client may name the encoding without using it.
  const { body, trailers } =
    streamed || (chunked && headers['x-amz-decoded-content-length'] !== undefined)
      ? decodeAwsChunked(request.body)
      : { body: request.body, trailers: {} };
  if (chunked) headers['content-encoding'] = withoutAwsChunked(headers['content-encoding'] ?? '');
  const decodedLength = headers['x-amz-decoded-content-length'];
  if (decodedLength !== undefined && Number(decodedLength) !== body.length)
    throw new AwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  return {
    method: request.method,
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(rest.join('/')),
    query: request.query,
    headers: { ...headers, ...trailers },
    body,
    region: request.region,
    accountId: request.caller.accountId,
    at: request,
  };
}

function withoutAwsChunked(encoding: string): string | undefined {
  const others = encoding
    .split(',')
    .map(token => token.trim())
    .filter(token => token !== '' && token !== 'aws-chunked');
  return others.length === 0 ? undefined : others.join(',');
}

export function xmlResponse(
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

export function emptyResponse(status = 200, headers: Readonly<Record<string, string>> = {}): AwsResponse {
  return { status, headers, body: '' };
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\u0000-\u001f]/g, character => `&#x${character.charCodeAt(0).toString(16)};`);
}

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  // A key may begin or end with white space, or be nothing else.
  trimValues: false,
  isArray: name => ['Tag', 'Object', 'Rule', 'Grant', 'Part'].includes(name),
});

export function parseXml(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return withoutIndentation(parser.parse(body.toString('utf8'))) as Record<string, unknown>;
  } catch {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
}

/** The white space between elements is no text of theirs. */
function withoutIndentation(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutIndentation);
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).filter(
    ([name, value]) => name !== '#text' || String(value).trim() !== '',
  );
  return Object.fromEntries(members.map(([name, value]) => [name, withoutIndentation(value)]));
}

export function s3Error(error: AwsError, { method }: { readonly method: string }): AwsResponse {
  const members = Object.entries(error.members).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const body = `<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>${members.join('')}</Error>`;
  // A HEAD reply has no body, so SDKs name the error after its status.
  return method === 'HEAD'
    ? emptyResponse(error.status, error.headers)
    : xmlResponse(body, error.status, error.headers);
}
