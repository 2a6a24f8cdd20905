import { RecentUse } from './recent-use.ts';

/** Calls that were in flight together are throttled together, so all throttles of a second are one event. */
const ONE_EVENT_MS = 1_000;
/** From half of its share, a worker is back after ten seconds without a throttle: 0.5 / 0.05. */
const RECOVERY_PER_SECOND = 1 / 20;
/**
 * The most that one answer gives back. A worker of one request a second learns of a full quota from few of its requests. If it got
 * back a twentieth each second, a large fleet of such workers would be throttled all the time: where losing half of a share and
 * getting it back are in balance, four times this part of the requests is throttled, which is 1 %.
 */
const RECOVERY_PER_ANSWER = 1 / 400;
/**
 * So much of its share a worker always uses. Of 500 requests a second that is 25. The 32 that a worker of 31 a second may have in
 * flight then leave within 21 s.
 */
const LEAST_PART = 1 / 20;

/**
 * How much of its share one worker uses of a quota that others use, too. KMS's quota belongs to the whole account, and what the
 * other applications take of it is known only from a throttle. Each throttle halves what the worker used. Answers give it back
 * by and by. Workers that know nothing of each other, and the account's applications, so come to share the quota.
 *
 * Pure: the caller passes in the time.
 */
export class SharedQuota {
  #share: number;
  /** From 0 to 1. */
  #part = 1;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  readonly #recent = new RecentUse();

  /** @param share requests per second that it may use at most */
  constructor(share = 1) {
    this.#share = share;
  }

  setShare(requestsPerSecond: number): void {
    this.#share = requestsPerSecond;
  }

  /** Requests per second that it may use at most. */
  get share(): number {
    return this.#share;
  }

  /** Requests per second that it uses now. */
  get rate(): number {
    return this.#share * this.#part;
  }

  sent(now: number): void {
    this.#recent.add(now, 1);
  }

  throttled(now: number): void {
    if (now - this.#throttledAt < ONE_EVENT_MS) return;
    const used = Math.min(this.rate, this.#recent.perSecond(now)) / this.#share;
    this.#part = Math.max(LEAST_PART, used / 2);
    this.#throttledAt = this.#answeredAt = now;
  }

  /** The quota had room for a request. */
  answered(now: number): void {
    const seconds = Math.max(0, now - this.#answeredAt) / 1_000;
    this.#part = Math.min(1, this.#part + Math.min(seconds * RECOVERY_PER_SECOND, RECOVERY_PER_ANSWER));
    this.#answeredAt = now;
  }
}
