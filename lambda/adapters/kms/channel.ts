import { setTimeout as sleep } from 'node:timers/promises';
import {
  KMSClient,
  ReEncryptCommand,
  type ReEncryptCommandInput,
  type ReEncryptCommandOutput,
} from '@aws-sdk/client-kms';
import { regionOf } from '../../core/model/arn.ts';
import { SharedQuota } from '../../core/rate/shared-quota.ts';
import { Pace } from '../../core/reencrypt/pace.ts';
import { isThrottling } from '../aws/errors.ts';
import { httpTo, type ClientConfig } from '../aws/client-config.ts';
import { isNotYetVisible, KMS_ATTEMPTS } from './errors.ts';
import { LeanCalls, type Around } from '../aws/lean-calls.ts';
import { withNamedCalls } from '../aws/named-calls.ts';
import { KMS_PATIENCE_MS, patiently } from '../aws/patience.ts';
import { RE_ENCRYPT } from './re-encrypt-operation.ts';

export interface ChannelConfig extends ClientConfig {
  readonly grantTokens?: readonly string[];
  /** Waits before what is missing is believed to be missing. @default KMS_PATIENCE_MS */
  readonly patienceMs?: readonly number[];
  /** Whether KMS may deny a call only because an alias does not count everywhere yet. @default it never does */
  readonly denialsMayPass?: () => boolean;
  /** What the pace waits by. @default the clock and the timers of this process */
  readonly waiting?: Waiting;
  /** What earlier requests of this process have learned of the account's quota. @default nothing */
  readonly quota?: SharedQuota;
  /** Whether ReEncrypt goes through the SDK's middleware. @default 'lean', which takes a fraction of its CPU */
  readonly requests?: 'lean' | 'sdk';
}

export interface Waiting {
  /** Milliseconds since any fixed moment. The clock never goes back. */
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const REAL_TIME: Waiting = { now: () => performance.now(), sleep: ms => sleep(ms) };

interface RegionOfKms {
  readonly client: KMSClient;
  readonly reEncrypt: (input: ReEncryptCommandInput) => Promise<ReEncryptCommandOutput>;
}

type Sent<T> =
  { readonly kind: 'answered'; readonly output: T } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * KMS in all Regions behind one pace. The pace is inside the SDK's retry loop, so that retries keep to the rate and every
 * request that leaves is counted. It comes before the signature, which KMS accepts for five minutes only: at half a
 * request a second, the last of 32 requests in flight waits for more than one minute. Where KMS throttles, the pace slows down.
 */
export class KmsChannel {
  readonly grantTokens: readonly string[];
  readonly patienceMs: readonly number[];
  readonly denialsMayPass: () => boolean;
  readonly #config: ClientConfig;
  readonly #waiting: Waiting;
  readonly #requests: 'lean' | 'sdk';
  readonly #regions = new Map<string, RegionOfKms>();
  readonly #pace = new Pace(1);
  readonly #quota: SharedQuota;
  #sent = 0;
  #throttled = 0;
  #open = true;
  /** Ends when the last request in the row may leave. */
  #row: Promise<unknown> = Promise.resolve();
  /** Tells the first in the row, if it waits for an answer, that there is one. */
  #wake: () => void = () => undefined;

  constructor({
    grantTokens = [],
    patienceMs = KMS_PATIENCE_MS,
    denialsMayPass = () => false,
    waiting = REAL_TIME,
    requests = 'lean',
    quota = new SharedQuota(),
    ...config
  }: ChannelConfig = {}) {
    this.grantTokens = grantTokens;
    this.patienceMs = patienceMs;
    this.denialsMayPass = denialsMayPass;
    this.#waiting = waiting;
    this.#requests = requests;
    this.#quota = quota;
    this.#config = config;
  }

  setRate(requestsPerSecond: number): void {
    this.#quota.setShare(requestsPerSecond);
  }

  /** Requests that KMS may have counted within the last second, or may count yet. */
  recentRequests(): number {
    return this.#pace.recent(this.#waiting.now());
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    const usage = { requests: this.#sent, throttled: this.#throttled };
    this.#sent = 0;
    this.#throttled = 0;
    return usage;
  }

  /**
   * Gives up all requests that are waiting for their turn. If an invocation fails, its other requests still wait. Lambda
   * would freeze them with the process, and in the next invocation all of their turns would come at once, outside of any
   * share.
   */
  close(): void {
    this.#open = false;
    this.#wake();
  }

  /**
   * Sends a request to the Region of a key. Repeats it as long as the error may only mean that something is not visible
   * yet.
   */
  async send<T>(
    keyArn: string,
    call: (client: KMSClient) => Promise<T>,
    patienceMs: readonly number[] = this.patienceMs,
  ): Promise<T> {
    const { client } = this.#region(regionOf(keyArn));
    const sent = await patiently<Sent<T>>(
      () =>
        call(client).then(
          output => ({ kind: 'answered', output }),
          (error: unknown) => ({ kind: 'failed', error }),
        ),
      one => one.kind === 'failed' && isNotYetVisible(one.error),
      patienceMs,
    );
    if (sent.kind === 'failed') throw sent.error;
    return sent.output;
  }

  /** Once, in the Region of its source key. Says what went wrong at once. */
  async reEncrypt(input: ReEncryptCommandInput): Promise<ReEncryptCommandOutput> {
    return this.#region(regionOf(input.SourceKeyId ?? '')).reEncrypt(input);
  }

  #region(region: string): RegionOfKms {
    const known = this.#regions.get(region) ?? this.#paced(region);
    this.#regions.set(region, known);
    return known;
  }

  #paced(region: string): RegionOfKms {
    const settings = { ...this.#config, region, maxAttempts: KMS_ATTEMPTS };
    const client = withNamedCalls(
      new KMSClient({ requestHandler: httpTo('api'), ...settings }),
      'kms',
      this.#config,
    );
    // The SDK signs right after its retry step (see `identify()` of the middleware stack).
    const place = {
      relation: 'before',
      toMiddleware: 'httpSigningMiddleware',
      name: 'kmsRewrapPace',
    } as const;
    client.middlewareStack.addRelativeTo(this.#pacing, place);
    if (this.#requests === 'sdk')
      return { client, reEncrypt: input => client.send(new ReEncryptCommand(input)) };
    const { identityPatienceMs } = this.#config;
    const around: Around = send => this.#inTurn(send);
    const lean = new LeanCalls(client, RE_ENCRYPT, { around, identityPatienceMs });
    return { client, reEncrypt: input => lean.send(input) };
  }

  readonly #pacing =
    <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    (request: Request): Promise<Answer> =>
      this.#inTurn(() => next(request));

  /** Counts a request and sends it when its turn comes. */
  async #inTurn<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.#row.then(() => this.#turn());
    this.#row = turn.catch(() => undefined);
    await turn;
    const leftAt = this.#waiting.now();
    try {
      const answer = await send();
      this.#quota.answered(this.#waiting.now());
      return answer;
    } catch (error) {
      this.#refused(error);
      throw error;
    } finally {
      this.#pace.answered(leftAt, this.#waiting.now());
      this.#wake();
    }
  }

  /** Requests wait in a row, so only the first of them looks at the pace. */
  async #turn(): Promise<void> {
    for (;;) {
      if (!this.#open) throw new Error('the invocation that made this KMS request is over');
      this.#pace.setShare(this.#quota.share, this.#quota.rate);
      const now = this.#waiting.now();
      const at = this.#pace.next(now);
      if (at <= now) break;
      if (at === Number.POSITIVE_INFINITY) await new Promise<void>(wake => (this.#wake = wake));
      // A timer takes a millisecond at least. With less, a clock that counts whole ones would stand still.
      else await this.#waiting.sleep(Math.max(1, at - now));
    }
    this.#sent++;
    this.#pace.sent(this.#waiting.now());
    this.#quota.sent(this.#waiting.now());
  }

  /** A refusal for any other reason took its part of the quota, as an answer does. */
  #refused(error: unknown): void {
    const now = this.#waiting.now();
    if (!isThrottling(error)) return this.#quota.answered(now);
    this.#throttled++;
    this.#quota.throttled(now);
  }
}
