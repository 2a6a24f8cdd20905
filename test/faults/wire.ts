import { Readable } from 'node:stream';
import type { KMSClientConfig } from '@aws-sdk/client-kms';
import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Injection } from '../../emulator/faults.ts';
import { operationOf } from '../../emulator/protocol/operation.ts';
import type { AwsResponse, RawRequest } from '../../emulator/protocol/request.ts';
import { roleArn } from '../support/roles.ts';
import type { Stage } from '../support/stack.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Somebody who calls AWS: a worker's invocation, the application, the checker. */
export class Party {
  readonly name: string;
  /** The longest time that a request travels, each way, in milliseconds. */
  readonly latencyMs: number;
  /** The function whose role it has. Others are administrators. */
  readonly stage: Stage | undefined;
  /** Resolves when the party is killed. */
  readonly death: Promise<void>;
  #alive = true;
  #die: () => void = () => undefined;

  constructor(name: string, latencyMs: number, stage?: Stage) {
    this.name = name;
    this.latencyMs = latencyMs;
    this.stage = stage;
    this.death = new Promise(resolve => (this.#die = resolve));
  }

  /** Once a party is dead, it sends nothing more, and no answer reaches it. */
  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    this.#die();
  }
}

/** A request on its way. */
export interface Departure {
  readonly party: Party;
  readonly service: string;
  readonly operation: string;
  /** `bucket/key` of an object, or the name of a table or bucket; otherwise empty. */
  readonly target: string;
  readonly body: Buffer;
}

/** What a fault did to a call: it never arrived, its answer got lost, or nobody answers. */
type Unanswered = 'lost-request' | 'lost-response' | 'no-answer';

/** A call that took effect, was refused, or was lost. */
export interface Call extends Departure {
  readonly at: number;
  /** HTTP status, or what a fault did to the call. */
  readonly status: number | Unanswered;
  readonly answer: string;
}

/** What stands between a party and AWS. */
export interface Hooks {
  /** Before a request leaves: how long it is delayed, besides its latency. May kill its party. */
  leaving(departure: Departure): number;
  /** What AWS does instead of answering. */
  inject(departure: Departure): Injection | undefined;
  /** After AWS has handled a call, before its answer travels. May kill its party. */
  handled(call: Call): void;
  /** When a request reaches AWS: what is done here happens after the caller has read and before it writes. */
  arriving?(departure: Departure, request: RawRequest): Promise<void>;
  /** The request as AWS gets it, if a planted bug changes it. */
  sent?(request: RawRequest, departure: Departure): RawRequest;
  /** The answer as its caller understands it, if a planted bug misunderstands it. */
  understood?(answer: AwsResponse, departure: Departure): AwsResponse;
  /** Like `handled`, for observers that have to ask AWS about the effect. */
  served?(call: Call): Promise<void>;
}

type Logger = NonNullable<KMSClientConfig['logger']>;
type RequestSigner = Extract<NonNullable<KMSClientConfig['signer']>, { readonly sign: unknown }>;

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | readonly string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly response: { readonly statusCode: number; readonly headers: object; readonly body: Readable };
}

/** How long a caller waits for an answer before it gives up, as the product does with KMS and DynamoDB. */
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * What each new client would otherwise look up in the environment and in files. Every invocation has clients of its own.
 * The values are the SDK's defaults.
 */
const SETTLED = {
  retryMode: 'standard',
  defaultsMode: 'legacy',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  disableClockSkewCorrection: false,
  userAgentAppId: () => Promise.resolve(undefined),
  // Nobody listens. The SDK's own silent logger has every input and output cleared of secrets before it drops them.
  logger: {} as Logger,
} as const;

/** Says who asks, and for which service. The embedded AWS believes it, so nothing has to be hashed. */
function signerOf(accessKeyId: string) {
  const signer: Pick<RequestSigner, 'sign'> = {
    sign: request => {
      const scope = `${accessKeyId}/20260105/us-east-1/${serviceOf(request.headers)}/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
      const headers = { ...request.headers, authorization, 'x-amz-date': '20260105T080000Z' };
      return Promise.resolve({ ...request, headers });
    },
  };
  return () => Promise.resolve(signer as RequestSigner);
}

/** By the header that names the operation of JSON services. S3 has none. */
function serviceOf(headers: Readonly<Record<string, string>>): string {
  const [target] = (headers['x-amz-target'] ?? 'S3').split(/[._]/);
  const service = { TrentService: 'kms', DynamoDB: 'dynamodb', S3: 's3' }[target ?? ''];
  if (service === undefined) throw new Error(`nobody knows the service of ${target}`);
  return service;
}

/** Carries requests of the SDK to the embedded AWS, in virtual time and without sockets. */
export class Wire {
  readonly #aws: EmbeddedAws;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #hooks: Hooks;
  #injection: Injection | undefined;

  constructor(
    aws: EmbeddedAws,
    { time, random, hooks }: { readonly time: VirtualTime; readonly random: Random; readonly hooks: Hooks },
  ) {
    this.#aws = aws;
    this.#time = time;
    this.#random = random;
    this.#hooks = hooks;
    aws.faults.injectBy(() => this.#injection);
  }

  /** Client configuration for a party. */
  configOf(party: Party) {
    return {
      region: 'us-east-1',
      // An address, so that S3 is spoken to by path.
      endpoint: 'http://127.0.0.1:1',
      ...SETTLED,
      ...this.#identityOf(party),
      requestHandler: {
        handle: (request: SdkRequest) => this.#carry(party, request),
        destroy: () => undefined,
      },
    };
  }

  #identityOf({ name, stage }: Party) {
    const credentials =
      stage === undefined
        ? { accessKeyId: `AKIA${name}`, secretAccessKey: 'secret' }
        : this.#aws.assume(roleArn(stage));
    return { credentials, signer: signerOf(credentials.accessKeyId) };
  }

  async #carry(party: Party, request: SdkRequest): Promise<SdkResponse> {
    const raw = await rawRequest(request);
    const departure = { party, ...described(raw) };
    await this.#travel(party, party.alive ? this.#hooks.leaving(departure) : 0);
    await this.#hooks.arriving?.(departure, raw);
    const served = await this.#ask(this.#hooks.sent?.(raw, departure) ?? raw, departure);
    const [status, text] =
      typeof served === 'string' ? [served, ''] : [served.status, served.body.toString('utf8')];
    const call = { ...departure, at: this.#time.now(), status, answer: text };
    this.#hooks.handled(call);
    await this.#hooks.served?.(call);
    const answer =
      typeof served === 'string' ? served : (this.#hooks.understood?.(served, departure) ?? served);
    await this.#travel(party, answer === 'no-answer' ? ANSWER_TIMEOUT_MS : 0);
    if (typeof answer !== 'string') return { response: sdkResponse(answer) };
    // The SDK uses this name both for a broken connection and for a late answer.
    throw Object.assign(new Error(answer), { name: 'TimeoutError' });
  }

  /** Never resolves if the party is dead by then. */
  async #travel(party: Party, heldUp: number): Promise<void> {
    if (party.alive) await this.#time.sleep(heldUp + this.#random.next() * party.latencyMs);
    if (!party.alive) await new Promise<never>(() => undefined);
  }

  async #ask(raw: RawRequest, departure: Departure): Promise<AwsResponse | Unanswered> {
    this.#injection = this.#hooks.inject(departure);
    // `handle` decides on faults before it first awaits anything, so the injection belongs to this call.
    const answer = this.#aws.handle(raw);
    const kind = this.#injection?.kind ?? 'error';
    if (kind === 'no-answer') return kind;
    return this.#time.during(() =>
      answer.catch((error: unknown) => {
        const isLost = (error as Error).name === 'ConnectionLost';
        if (isLost && kind !== 'error' && kind !== 'late') return kind;
        throw error;
      }),
    );
  }
}

async function rawRequest({ method, path, query = {}, headers, body }: SdkRequest): Promise<RawRequest> {
  const search = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map(one => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return {
    method,
    url: search.length === 0 ? path : `${path}?${search.join('&')}`,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: await bytesOf(body),
  };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body as Readable) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function described({ method, url, headers, body }: RawRequest): Omit<Departure, 'party'> {
  const service = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization))?.[1] ?? '';
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  const operation = operationOf({ method, path, query, headers, service });
  return { service, operation, body, target: targetOf(service, path, body) };
}

function targetOf(service: string, path: string, body: Buffer): string {
  if (service === 's3') return decodeURIComponent(path.slice(1));
  if (service !== 'dynamodb') return '';
  const { TableName, RequestItems, Statements } = JSON.parse(body.toString('utf8')) as {
    readonly TableName?: string;
    readonly RequestItems?: object;
    readonly Statements?: readonly { readonly Statement: string }[];
  };
  const [, stated] = /^UPDATE "([^"]+)"/.exec(Statements?.[0]?.Statement ?? '') ?? [];
  return TableName ?? stated ?? Object.keys(RequestItems ?? {})[0] ?? '';
}

function sdkResponse({ status, headers, body }: AwsResponse): SdkResponse['response'] {
  const bytes = Buffer.from(body as string);
  return {
    statusCode: status,
    // A HEAD says the length of what it does not send.
    headers: { 'content-length': String(bytes.length), ...headers, date: new Date().toUTCString() },
    body: Readable.from(bytes.length === 0 ? [] : [bytes]),
  };
}
