import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Where and how AWS is reached. Absent fields are the SDK's own defaults: environment, shared config, role. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  /** What carries requests, where it is not HTTP as `httpTo` sets it up. */
  readonly requestHandler?: NonNullable<S3ClientConfig['requestHandler']>;
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** Waits before a request whose sender was not recognised is sent again. @default 100 ms and 1 s */
  readonly identityPatienceMs?: readonly number[];
}

/** A TLS connection within AWS takes milliseconds: one that takes three seconds is lost. */
const CONNECTION_TIMEOUT_MS = 3_000;

/**
 * How long an answer may take before it is asked for again. Without a limit, one lost packet would hold a worker until
 * Lambda kills it. Every request can be repeated: ReEncrypt changes nothing, writes are conditional, journal objects
 * have names of their own.
 */
export const ANSWER_TIMEOUT_MS = {
  /** KMS, DynamoDB, Step Functions: they answer or refuse within a second. */
  api: 15_000,
  /** S3: a copy within S3 of up to 5 GB can take minutes. */
  objects: 300_000,
} as const;

/** HTTP as the SDK does it, with limits. `maxSockets`: connections at one time, to each host. */
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
