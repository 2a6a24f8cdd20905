import type { Limits } from '../model/job.ts';
import { isAsymmetric } from '../model/key-use.ts';
import type { FoundKey } from '../keys/find-key.ts';

/** Requests per second that KMS passes on to one custom key store (Developer Guide, request quotas). */
const CUSTOM_KEY_STORE_QUOTA = 1_800;
/** Default quota for RSA keys, an account's in a Region; it can be raised. */
const RSA_QUOTA = 1_000;

export interface KeyLimits {
  readonly limits: Limits;
  readonly warnings: readonly string[];
}

/** What the kinds of its keys mean for the rate of the run, and for what its report can say. */
export function keyLimits(limits: Limits, keys: readonly FoundKey[]): KeyLimits {
  const rate = limits.kmsRequestsPerSecond;
  const custom = [...new Set(keys.flatMap(({ key }) => key.customKeyStoreId ?? []))];
  const slowed = custom.length > 0 && rate > CUSTOM_KEY_STORE_QUOTA;
  const asymmetric = keys.filter(({ use }) => isAsymmetric(use)).map(({ use }) => use.key);
  return {
    limits: slowed ? { ...limits, kmsRequestsPerSecond: CUSTOM_KEY_STORE_QUOTA } : limits,
    warnings: [
      ...custom.map(
        id =>
          `custom key store ${id} takes ${CUSTOM_KEY_STORE_QUOTA} requests a second, those of other applications included${slowed ? '; this run keeps to that' : ''}`,
      ),
      ...(asymmetric.length > 0 && rate > RSA_QUOTA
        ? [`the default quota for RSA keys is ${RSA_QUOTA} requests a second; this run may make ${rate}`]
        : []),
      ...asymmetric.map(
        key => `${key} is asymmetric: KMS has no key material ids for it, and none are reported`,
      ),
    ],
  };
}
