import { Buffer } from 'node:buffer';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { retryMiddleware } from '@smithy/core/retry';
import type { EndpointParameterInstructions, EndpointV2, StaticOperationSchema } from '@smithy/types';
import { ClockOfAnswers } from './clock-of-answers.ts';
import { despiteIdentity } from './fresh-identity.ts';
import type { LeanClient } from './lean-client.ts';
import { naming } from './named-calls.ts';
import { signed } from './sign.ts';

/** One operation of a JSON API, in a form that takes no middleware to send. */
export interface LeanOperation<Input extends object, Output extends object> {
  readonly name: string;
  /** As IAM and the signature name it. */
  readonly service: 'kms' | 'dynamodb';
  /** Names the API in the header `x-amz-target`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly schema: StaticOperationSchema;
  readonly endpoint: () => EndpointParameterInstructions;
  /** The body of the request. */
  readonly write: (input: Input) => string;
  /** The answer, from the JSON of its body. */
  readonly read: (json: unknown) => Output;
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
    const { url } = await this.#at(input);
    const body = this.#operation.write(input);
    const request = new HttpRequest({
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      method: 'POST',
      path: '/',
      body,
      headers: {
        'content-length': String(Buffer.byteLength(body)),
        'content-type': `application/x-amz-json-${this.#operation.version}`,
        host: url.host,
        'user-agent': 'kms-rewrap',
        'x-amz-target': `${this.#operation.target}.${this.#operation.name}`,
      },
    });
    return (await this.#stack({ input, request, around })).output;
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
    const { body } = request as { readonly body: string };
    const signing = { credentials, region, service: this.#operation.service, now: timed.now };
    const again = HttpRequest.clone(request);
    again.headers = signed({ headers: request.headers, body }, signing);
    const { response } = await config.requestHandler.handle(again);
    try {
      if (response.statusCode >= 300) await this.#refused(response);
      const output = this.#understood(await text(response));
      timed.answered(response);
      return { response, output: { ...output, $metadata: metadata(response) } };
    } catch (error) {
      throw attributed(error, response, timed.failed(response));
    }
  }

  /** Whatever is wrong with an answer, nothing of it is shown: it may hold a data key. */
  #understood(body: string): Output {
    try {
      return this.#operation.read(JSON.parse(body));
    } catch {
      throw new UnreadableAnswer('its answer is not in the form that the API has');
    }
  }

  async #region(input: Input): Promise<string> {
    const { properties } = await this.#at(input);
    const schemes = properties?.['authSchemes'] as readonly { readonly signingRegion?: string }[] | undefined;
    return schemes?.[0]?.signingRegion ?? this.#client.config.region();
  }

  /** @throws the error that the SDK makes of an answer */
  async #refused(response: HttpResponse): Promise<void> {
    const { config } = this.#client;
    const [, namespace, name, traits, input, output] = this.#operation.schema;
    await config.protocol.deserializeResponse({ namespace, name, traits, input, output }, config, response);
  }
}

interface Options {
  readonly around?: Around;
  readonly identityPatienceMs?: readonly number[] | undefined;
}

class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
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

async function text({ body }: HttpResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function metadata({ statusCode, headers }: HttpResponse): Metadata {
  const requestId = headers['x-amzn-requestid'];
  return { httpStatusCode: statusCode, ...(requestId !== undefined && { requestId }) };
}
