import { AwsError } from '../protocol/aws-error.ts';

export interface DecodedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Undoes the aws-chunked content encoding: `SIZE[;chunk-signature=…]\r\nDATA\r\n … 0\r\n[trailer:value\r\n]\r\n`. */
export function decodeAwsChunked(encoded: Buffer): DecodedBody {
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', offset);
    const size =
      lineEnd === -1 ? Number.NaN : Number.parseInt(encoded.subarray(offset, lineEnd).toString('latin1'), 16);
    if (Number.isNaN(size)) throw new AwsError('IncompleteBody', 'The aws-chunked body is not well formed.');
    offset = lineEnd + 2;
    if (size === 0) break;
    parts.push(encoded.subarray(offset, offset + size));
    offset += size + 2;
  }
  const lines = encoded.subarray(offset).toString('latin1').split('\r\n').filter(Boolean);
  const trailers = lines.map(
    line =>
      [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ] as const,
  );
  return { body: Buffer.concat(parts), trailers: Object.fromEntries(trailers) };
}
