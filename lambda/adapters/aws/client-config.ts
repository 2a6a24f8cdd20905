import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Where and how to reach AWS. Fields that are left out take the SDK's defaults: environment, shared config, role. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  /** The request handler, if it is not the one that `httpTo` makes. */
  readonly requestHandler?: NonNullable<S3ClientConfig['requestHandler']>;
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** Waits before a request whose sender was not recognised is sent again. @default 100 ms and 1 s */
  readonly identityPatienceMs?: readonly number[];
}

/** A TLS connection within AWS takes milliseconds. After three seconds, treat it as lost. */
export const CONNECTION_TIMEOUT_MS = 3_000;

/**
 * How long to wait for an answer before sending the request again. Without a limit, one lost packet would hold a worker
 * until Lambda kills it. Every request can be repeated: ReEncrypt changes nothing, writes are conditional, and journal
 * objects have unique names.
 */
export const ANSWER_TIMEOUT_MS = {
  /** KMS, DynamoDB, Step Functions: they answer or refuse within a second. */
  api: 15_000,
  /** S3: a copy within S3 of up to 5 GB can take minutes. */
  objects: 300_000,
} as const;

/** The SDK prepares every answer for its log, even where nobody listens; only a logger without this level spares it that. */
export const UNHEARD = {
  ...{ trace: () => undefined, debug: () => undefined, warn: () => undefined, error: () => undefined },
  info: undefined as unknown as () => void,
};

/** The SDK's HTTP handler with limits. `maxSockets` is the number of connections to each host at a time. */
export function httpTo(
  kind: keyof typeof ANSWER_TIMEOUT_MS,
  { maxSockets = 50 }: { readonly maxSockets?: number } = {},
): NonNullable<S3ClientConfig['requestHandler']> {
  return {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: ANSWER_TIMEOUT_MS[kind],
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets },
    httpsAgent: { maxSockets },
  };
}
