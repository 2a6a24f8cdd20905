import type { IncomingHttpHeaders } from 'node:http';
import type { Authorization } from './authorization.ts';

/** The caller, as named by the SigV4 credential. */
export interface Caller {
  readonly accountId: string;
  /** Role ARN of a Lambda function or state machine, or the user of the given access key. */
  readonly arn: string;
  /** Of a role that was assumed by AssumeRole. */
  readonly session?: Session;
}

export interface Session {
  readonly name: string;
  /** A session policy, JSON: what is left of the role. @default all of it */
  readonly policy?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Errors and answers name the session of a role, not the role. */
export function sessionArn({ arn, session }: Pick<Caller, 'arn' | 'session'>): string {
  const [, account, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return account === undefined
    ? arn
    : `arn:aws:sts::${account}:assumed-role/${name}/${session?.name ?? 'embedded'}`;
}

/** A request as it arrives over HTTP. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AwsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly service: string;
  readonly region: string;
  readonly caller: Caller;
  /** Asks IAM on the caller's behalf. */
  readonly iam: Authorization;
  readonly requestId: string;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** One service of the embedded AWS. */
export interface Service {
  handle(request: AwsRequest): Promise<AwsResponse>;
}
