import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';

/** KMS developer guide, "Request quotas": cryptographic operations with symmetric keys share one quota. */
const SHARE_ONE = new Set([
  ...['Decrypt', 'Encrypt', 'ReEncrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'],
  ...['GenerateMac', 'GenerateRandom', 'VerifyMac'],
]);

/** The same page: the defaults of an account, per second. */
const DEFAULT = 10_000;
const LARGER: Readonly<Record<string, number>> = {
  ...of(20_000, ['us-east-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1']),
  ...of(20_000, ['eu-central-1', 'eu-west-2']),
  ...of(100_000, ['us-east-1', 'us-west-2', 'eu-west-1']),
};

interface Second {
  readonly second: number;
  served: number;
}

/** What an account may ask of KMS in a second of a Region. behaviour.md says which operations count. */
export class RequestQuota {
  /** Instead of the default, in every account and Region. */
  perSecond: number | undefined;
  readonly #seconds = new Map<string, Second>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * The account of the caller counts, whoever owns the key.
   *
   * @throws AwsError if this second has no more
   */
  need(operation: string, { region, caller }: Pick<OperationContext, 'region' | 'caller'>): void {
    if (!SHARE_ONE.has(operation)) return;
    const place = `${caller.accountId}/${region}`;
    const second = Math.floor(this.#now() / 1_000);
    const known = this.#seconds.get(place);
    const current = known?.second === second ? known : { second, served: 0 };
    this.#seconds.set(place, current);
    if (current.served >= (this.perSecond ?? LARGER[region] ?? DEFAULT))
      throw new AwsError(
        'ThrottlingException',
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      );
    current.served++;
  }
}

function of(perSecond: number, regions: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(regions.map(region => [region, perSecond]));
}
