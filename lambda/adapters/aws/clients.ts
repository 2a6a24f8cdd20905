import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { AssumedRole } from '../../core/model/job.ts';
import { withNamedCalls } from './named-calls.ts';
import { type ANSWER_TIMEOUT_MS, httpTo, UNHEARD, type ClientConfig } from './client-config.ts';
import { LeanCalls, type Around, type LeanOperation } from './lean-calls.ts';
import type { LeanClient } from './lean-client.ts';
import { roleCredentials } from './role-credentials.ts';
import type { RoleSession } from './role-session.ts';
import { remember } from './said-by.ts';

/** 32 HEADs or writes in flight, plus read-ahead and journal: the default of 50 sockets would be the bottleneck. */
const MAX_SOCKETS = 128;
/** Six tries with the SDK's back-off outlast some seconds of throttling, and never hold a page for minutes. */
const MAX_ATTEMPTS = 6;
/** A sandbox that stays warm serves the sessions of many runs, one after the other. */
const MAX_SESSIONS = 16;

/** Clients of DynamoDB and S3, one for each Region. The default is the Region of the deployment. */
export class AwsClients {
  readonly #config: ClientConfig;
  readonly #dynamodb = new Map<string | undefined, DynamoDBClient>();
  readonly #s3 = new Map<string | undefined, S3Client>();
  readonly #assuming = new Map<string, AwsClients>();

  constructor(config: ClientConfig = {}) {
    this.#config = config;
  }

  /** The Region that the caller's settings name. */
  async region(): Promise<string> {
    try {
      return await this.dynamodb().config.region();
    } catch (error) {
      if (error instanceof Error) remember(error);
      throw error;
    }
  }

  /** Clients that call as a role: those that are there, if it is the same role in the same session. */
  assuming(role: AssumedRole, session: RoleSession): AwsClients {
    const name = JSON.stringify([role, session]);
    const credentials = roleCredentials({ role, session }, async () => ({
      ...this.#config,
      region: await this.region(),
    }));
    const known = this.#assuming.get(name) ?? new AwsClients({ ...this.#config, credentials });
    if (this.#assuming.size >= MAX_SESSIONS) this.#assuming.clear();
    this.#assuming.set(name, known);
    return known;
  }

  dynamodb(region?: string): DynamoDBClient {
    const known =
      this.#dynamodb.get(region) ??
      withNamedCalls(new DynamoDBClient(this.#settings(region, 'api')), 'dynamodb', this.#config);
    this.#dynamodb.set(region, known);
    return known;
  }

  s3(region?: string): S3Client {
    const known =
      this.#s3.get(region) ??
      withNamedCalls(new S3Client(this.#settings(region, 'objects')), 's3', this.#config);
    this.#s3.set(region, known);
    return known;
  }

  /** One operation of a client of this object, without the SDK's middleware. */
  lean<Input extends object, Output extends object>(
    client: LeanClient,
    operation: LeanOperation<Input, Output>,
  ): (input: Input, around?: Around) => Promise<Output> {
    const calls = this.leanCalls(client, operation);
    return (input, around) => calls.send(input, around);
  }

  leanCalls<Input extends object, Output extends object>(
    client: LeanClient,
    operation: LeanOperation<Input, Output>,
  ): LeanCalls<Input, Output> {
    const { identityPatienceMs } = this.#config;
    return new LeanCalls(client, operation, { identityPatienceMs });
  }

  #settings(region: string | undefined, kind: keyof typeof ANSWER_TIMEOUT_MS) {
    return {
      logger: UNHEARD,
      ...this.#config,
      ...(region !== undefined && { region }),
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: this.#config.requestHandler ?? httpTo(kind, { maxSockets: MAX_SOCKETS }),
    };
  }
}
