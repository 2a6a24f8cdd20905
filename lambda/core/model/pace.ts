import type { Consumed } from './consumed.ts';

/** What a pass did, and when: data keys accounted for, and KMS requests, of which KMS throttled some. */
export interface Pace {
  readonly dataKeys: Consumed;
  readonly requests: Consumed;
  /** Absent where KMS throttled nothing. */
  readonly throttled?: Consumed;
}
