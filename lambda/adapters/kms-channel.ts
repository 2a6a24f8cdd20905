import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { regionOf } from '../core/model/arn.ts';
import { Pace } from '../core/reencrypt/pace.ts';
import { isThrottling } from './aws-errors.ts';
import { httpTo, type ClientConfig } from './client-config.ts';
import { isNotYetVisible, KMS_ATTEMPTS } from './kms-errors.ts';
import { withNamedCalls } from './named-calls.ts';
import { KMS_PATIENCE_MS, patiently } from './patience.ts';

export interface ChannelConfig extends ClientConfig {
  readonly grantTokens?: readonly string[];
  /** Waits before what is missing is believed to be missing. @default KMS_PATIENCE_MS */
  readonly patienceMs?: readonly number[];
}

type Sent<T> =
  { readonly kind: 'answered'; readonly output: T } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * KMS in all Regions behind one pace. The pacing sits inside the SDK's retry loop, so that retries, too, keep to the
 * rate, and every request that leaves is counted.
 */
export class KmsChannel {
  readonly grantTokens: readonly string[];
  readonly patienceMs: readonly number[];
  readonly #config: ClientConfig;
  readonly #clients = new Map<string, KMSClient>();
  readonly #pace = new Pace(1);
  #requests = 0;
  #throttled = 0;

  constructor({ grantTokens = [], patienceMs = KMS_PATIENCE_MS, ...config }: ChannelConfig = {}) {
    this.grantTokens = grantTokens;
    this.patienceMs = patienceMs;
    this.#config = config;
  }

  setRate(requestsPerSecond: number): void {
    this.#pace.setRate(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    const usage = { requests: this.#requests, throttled: this.#throttled };
    this.#requests = 0;
    this.#throttled = 0;
    return usage;
  }

  /** Sends a request to the Region of a key, and again while its errors may be those of something not yet visible. */
  async send<T>(
    keyArn: string,
    call: (client: KMSClient) => Promise<T>,
    patienceMs: readonly number[] = this.patienceMs,
  ): Promise<T> {
    const client = this.#client(regionOf(keyArn));
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

  #client(region: string): KMSClient {
    const known = this.#clients.get(region) ?? this.#paced(region);
    this.#clients.set(region, known);
    return known;
  }

  #paced(region: string): KMSClient {
    const settings = { ...this.#config, region, maxAttempts: KMS_ATTEMPTS };
    const client = withNamedCalls(
      new KMSClient({ requestHandler: httpTo('api'), ...settings }),
      'kms',
      this.#config,
    );
    client.middlewareStack.add(
      next => async args => {
        const wait = this.#pace.reserve(performance.now());
        if (wait > 0) await sleep(wait);
        this.#requests++;
        try {
          return await next(args);
        } catch (error) {
          if (isThrottling(error)) this.#throttled++;
          throw error;
        }
      },
      { step: 'finalizeRequest', priority: 'low', name: 'kmsRewrapPace' },
    );
    return client;
  }
}
