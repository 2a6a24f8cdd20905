import {
  CopyObject$,
  CopyObjectCommand,
  HeadObject$,
  HeadObjectCommand,
  type CopyObjectCommandInput,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import { bytesOf, deserialized, operationOf, type LeanOperation } from '../aws/lean-calls.ts';
import { answerDateOf } from '../aws/answer-date.ts';

/** SHA-256 of no bytes: neither request has a body, and S3 asks for the digest of it. */
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A HEAD reply, and when S3 gave it, by its own clock. */
export interface Shown {
  readonly head: HeadObjectCommandOutput;
  readonly answeredAt: number;
}

export const HEAD_OBJECT = objectOperation<HeadObjectCommandInput, Shown>({
  ...{ name: 'HeadObject', schema: HeadObject$ },
  endpoint: () => HeadObjectCommand.getEndpointParameterInstructions(),
  read: async (response, client) => {
    await bytesOf(response);
    // The SDK reads the header Expires as a date, and its text under this name. S3 keeps and shows any text.
    const { expires, ...headers } = response.headers;
    const shown = { ...headers, ...(expires !== undefined && { expiresstring: expires }) };
    const { statusCode } = response;
    const empty = new HttpResponse({ statusCode, headers: shown, body: NO_BYTES });
    const head = (await deserialized(HeadObject$, empty, client)) as HeadObjectCommandOutput;
    return { head, answeredAt: answerDateOf(response) };
  },
});

const NO_BYTES = new Uint8Array();

/** What a copy has made is found by the verify pass. Its answer tells only whether it was made. */
export const COPY_OBJECT = objectOperation<CopyObjectCommandInput, object>({
  ...{ name: 'CopyObject', schema: CopyObject$ },
  endpoint: () => CopyObjectCommand.getEndpointParameterInstructions(),
  read: async (response, client) => {
    const bytes = await bytesOf(response);
    if (bytes.length === 0) throw Object.assign(new Error('S3 aborted request'), ABORTED);
    // S3 begins its answer before a copy is done, so a failure can come under the status of a success (API Reference, CopyObject).
    if (/<\/Error>\s*$/.test(bytes.toString('latin1', Math.max(0, bytes.length - TAIL))))
      response.statusCode = FAILED_LATE;
    response.body = bytes;
    await deserialized(CopyObject$, response, client);
    return {};
  },
});

const FAILED_LATE = 503;
/** The end tag, and white space that may follow. */
const TAIL = 64;
/** As the SDK has it: retried, and not the object's fault. */
const ABORTED = { name: 'InternalError', $metadata: { httpStatusCode: FAILED_LATE } };

type ObjectOperation<Input extends object, Output extends object> = Pick<
  LeanOperation<Input, Output>,
  'name' | 'schema' | 'endpoint' | 'read'
>;

/** Which member goes into which header is the SDK's to know: a header that is forgotten would be lost from the object. */
function objectOperation<Input extends object, Output extends object>(
  operation: ObjectOperation<Input, Output>,
): LeanOperation<Input, Output> {
  const schema = operationOf(operation.schema);
  return {
    ...operation,
    service: 's3',
    write: async (input, { client: { config }, endpoint }) => {
      const serde = Object.create(config, { endpoint: { value: () => Promise.resolve(endpoint) } }) as never;
      const request = await config.protocol.serializeRequest(schema, input, serde);
      request.headers['x-amz-content-sha256'] = OF_NOTHING;
      return request;
    },
  };
}
