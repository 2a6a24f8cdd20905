import type { HttpResponse } from '@smithy/core/protocols';

/** From this much on, AWS may refuse the time of a request, and the SDK tries again with AWS's own. */
const TOO_FAR_MS = 240_000;
/** An answer that took so long says nothing about the clock. */
const TOO_LATE_MS = 900_000;

/** Where an SDK client keeps how far its clock is off. */
export interface Skewed {
  systemClockOffset?: number;
}

/** Time as AWS's answers tell it. All requests of a client share it, those that the SDK sends included. */
export class ClockOfAnswers {
  readonly #skewed: Skewed;

  constructor(skewed: Skewed) {
    this.#skewed = skewed;
  }

  /** For one request. */
  begin(): TimedRequest {
    const sent = Date.now();
    const before = this.#skewed.systemClockOffset ?? 0;
    return {
      now: sent + before,
      answered: response => this.#learn(response, sent),
      failed: response => {
        this.#learn(response, sent);
        const { systemClockOffset: after = 0 } = this.#skewed;
        return after !== before && Math.abs(after) >= TOO_FAR_MS;
      },
    };
  }

  /** An answer from a cache has an age, and the date of then. */
  #learn({ headers }: HttpResponse, sent: number): void {
    const now = Date.now();
    const date = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(date) || headers['age'] !== undefined || now - sent > TOO_LATE_MS) return;
    this.#skewed.systemClockOffset = date - now;
  }
}

export interface TimedRequest {
  /** The time to sign it with. */
  readonly now: number;
  answered(response: HttpResponse): void;
  /** Whether the same request may work at AWS's time. */
  failed(response: HttpResponse): boolean;
}
