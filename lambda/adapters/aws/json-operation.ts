import { Buffer } from 'node:buffer';
import { HttpRequest } from '@smithy/core/protocols';
import { bytesOf, type LeanOperation } from './lean-calls.ts';

type Shared = 'name' | 'service' | 'schema' | 'endpoint';

/** One operation of a JSON API of AWS. */
interface JsonOperation<Input extends object, Output extends object> extends Pick<
  LeanOperation<Input, Output>,
  Shared
> {
  /** Names the API in the header `x-amz-target`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** The body of the request. */
  readonly write: (input: Input) => string;
  /** The answer, from the JSON of its body. */
  readonly read: (json: unknown) => Output;
}

export function jsonOperation<Input extends object, Output extends object>({
  target,
  version,
  write,
  read,
  ...operation
}: JsonOperation<Input, Output>): LeanOperation<Input, Output> {
  return {
    ...operation,
    write: (input, { endpoint: { url } }) => {
      const body = write(input);
      return new HttpRequest({
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        method: 'POST',
        path: '/',
        body,
        headers: {
          'content-length': String(Buffer.byteLength(body)),
          'content-type': `application/x-amz-json-${version}`,
          'x-amz-target': `${target}.${operation.name}`,
        },
      });
    },
    read: async response => understood((await bytesOf(response)).toString('utf8'), read),
  };
}

class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** Whatever is wrong with an answer, nothing of it is shown: it may hold a data key. */
function understood<Output>(body: string, read: (json: unknown) => Output): Output {
  try {
    return read(JSON.parse(body));
  } catch {
    throw new UnreadableAnswer('its answer is not in the form that the API has');
  }
}
