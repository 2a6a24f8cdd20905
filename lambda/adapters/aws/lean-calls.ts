import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { retryMiddleware } from '@smithy/core/retry';
import type {
  $OperationSchema,
  EndpointParameterInstructions,
  EndpointV2,
  StaticOperationSchema,
} from '@smithy/types';
import { ClockOfAnswers } from './clock-of-answers.ts';
import { despiteIdentity } from './fresh-identity.ts';
import type { LeanClient } from './lean-client.ts';
import { naming } from './named-calls.ts';
import { signed } from './sign.ts';

/** Who sends an operation, and where. */
interface Sender {
  readonly client: LeanClient;
  readonly endpoint: EndpointV2;
}

/** One operation, in a form that takes no middleware to send. */
export interface LeanOperation<Input extends object, Output extends object> {
  readonly name: string;
  /** As IAM and the signature name it. */
  readonly service: 'kms' | 'dynamodb' | 's3';
  readonly schema: StaticOperationSchema;
  readonly endpoint: () => EndpointParameterInstructions;
  /** The request, except for what signs it. */
  readonly write: (input: Input, sender: Sender) => HttpRequest | Promise<HttpRequest>;
  /** The answer to a success. @throws what the SDK makes of an answer that is none */
  readonly read: (response: HttpResponse, client: LeanClient) => Promise<Output>;
}

interface Args {
  readonly input: object;
  readonly request: HttpRequest;
  /** Around each try of this request. */
  readonly around: Around;
}

interface Result<Output> {
  readonly response: HttpResponse;
  readonly output: Output & { readonly $metadata: Metadata };
}

interface Metadata {
  readonly httpStatusCode: number;
  readonly requestId?: string;
}

type Send<Output> = (args: Args) => Promise<Result<Output>>;

/** What stands around each try of a request, before it is signed. */
export type Around = <T>(send: () => Promise<T>) => Promise<T>;

const PLAIN: Around = send => send();

/**
 * Sends one operation without the SDK's middleware, whose serialization, endpoint rules, feature ids and signer take some
 * eight times the CPU of what is needed. Everything else is the client's own: credentials, Region, endpoint, HTTP handler,
 * back-off, clock, and the errors.
 */
export class LeanCalls<Input extends object, Output extends object> {
  readonly #client: LeanClient;
  readonly #operation: LeanOperation<Input, Output>;
  readonly #clock: ClockOfAnswers;
  readonly #stack: Send<Output>;
  #endpoint: Promise<EndpointV2> | undefined;

  constructor(
    client: LeanClient,
    operation: LeanOperation<Input, Output>,
    { around = PLAIN, identityPatienceMs }: Options = {},
  ) {
    this.#client = client;
    this.#operation = operation;
    this.#clock = new ClockOfAnswers(client.config);
    const { service, name } = operation;
    const once: Send<Output> = args => around(() => args.around(() => this.#once(args)));
    const retried = retryMiddleware(client.config)(once as never, {}) as unknown as Send<Output>;
    const recognised = despiteIdentity(client, identityPatienceMs)(retried);
    this.#stack = naming(service)(recognised, { commandName: `${name}Command` });
  }

  async send(input: Input, around: Around = PLAIN): Promise<Output & { readonly $metadata: Metadata }> {
    const sender = { client: this.#client, endpoint: await this.#at(input) };
    const request = await this.#operation.write(input, sender);
    request.headers['host'] = sender.endpoint.url.host;
    request.headers['user-agent'] = 'kms-rewrap';
    return (await this.#stack({ input, request, around })).output;
  }

  /** Whether its endpoint takes the signature that is made here. Directory buckets and some access points take another. */
  async isSignedHere(input: Input): Promise<boolean> {
    const scheme = schemeOf(await this.#at(input));
    const { name = 'sigv4', signingName = this.#operation.service } = scheme;
    return name === 'sigv4' && signingName === this.#operation.service;
  }

  /** By the SDK's rules for endpoints. The resource of an operation is the same in all of its calls, and so is its endpoint. */
  #at(input: Input): Promise<EndpointV2> {
    this.#endpoint ??= getEndpointFromInstructions(
      input,
      { getEndpointParameterInstructions: this.#operation.endpoint },
      this.#client.config,
    );
    return this.#endpoint;
  }

  async #once({ input, request }: Args): Promise<Result<Output>> {
    const { config } = this.#client;
    const credentials = await config.credentials();
    const region = await this.#region(input as Input);
    const timed = this.#clock.begin();
    const signing = { credentials, region, service: this.#operation.service, now: timed.now };
    const again = HttpRequest.clone(request);
    again.headers = signed(request, signing);
    const { response } = await config.requestHandler.handle(again);
    try {
      if (response.statusCode >= 300) await deserialized(this.#operation.schema, response, this.#client);
      const output = await this.#operation.read(response, this.#client);
      timed.answered(response);
      return { response, output: { ...output, $metadata: metadata(response) } };
    } catch (error) {
      throw attributed(error, response, timed.failed(response));
    }
  }

  async #region(input: Input): Promise<string> {
    return schemeOf(await this.#at(input)).signingRegion ?? this.#client.config.region();
  }
}

interface Scheme {
  readonly name?: string;
  readonly signingName?: string;
  readonly signingRegion?: string;
}

function schemeOf({ properties }: EndpointV2): Scheme {
  const schemes = properties?.['authSchemes'] as readonly Scheme[] | undefined;
  return schemes?.[0] ?? {};
}

/** What the SDK reads of an answer. @throws the error that it makes of one that is no success */
export async function deserialized(
  schema: StaticOperationSchema,
  response: HttpResponse,
  { config }: LeanClient,
): Promise<object> {
  return config.protocol.deserializeResponse(operationOf(schema), config, response);
}

/** The same, as the SDK's protocols take it. */
export function operationOf(schema: StaticOperationSchema): $OperationSchema {
  const [, namespace, name, traits, input, output] = schema;
  return { namespace, name, traits, input, output };
}

interface Options {
  readonly around?: Around;
  readonly identityPatienceMs?: readonly number[] | undefined;
}

interface Attributed extends Error {
  $metadata?: Metadata & { clockSkewCorrected?: boolean };
}

/** What the SDK's retries go by: the status, headers that say when to try again, and whether the clock was off. */
function attributed(error: unknown, response: HttpResponse, clockSkewCorrected: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const failed: Attributed = error;
  Object.defineProperty(failed, '$response', { value: response, configurable: true });
  failed.$metadata ??= metadata(response);
  if (clockSkewCorrected) failed.$metadata.clockSkewCorrected = true;
  return failed;
}

/** All of it, before anything is made of it. */
export function bytesOf({ body }: HttpResponse): Promise<Buffer> {
  const stream = body as Readable;
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    stream.on('data', (part: Uint8Array) => parts.push(part));
    stream.on('end', () => resolve(Buffer.concat(parts)));
    stream.on('error', reject);
    // After an end, this says nothing more.
    stream.on('close', () => reject(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  });
}

function metadata({ statusCode, headers }: HttpResponse): Metadata {
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
  return { httpStatusCode: statusCode, ...(requestId !== undefined && { requestId }) };
}
