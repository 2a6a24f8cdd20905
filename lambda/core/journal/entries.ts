import type { KeyMaterial } from '../model/data-key.ts';
import type { OutcomeKind } from '../model/outcome.ts';

/** Version of both line shapes below; a reader refuses what it does not know. */
export const JOURNAL_SCHEMA = 1;

/** What is about to replace what, at one slot of one record. The only place outside the store that holds an EDK. */
export interface IntentEntry {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  /** The EDK as it was read, standard base64. */
  readonly oldCiphertext: string;
  /** SHA-256, hex. */
  readonly oldDigest: string;
  readonly newDigest: string;
  readonly source: KeyMaterial;
  readonly destination: KeyMaterial;
  readonly kmsRequestId: string;
}

/** What became of one data key. Holds no ciphertext and no context value. */
export interface OutcomeEntry {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  readonly outcome: OutcomeKind;
  readonly reason?: string;
  /** SHA-256 of the EDK as it was read, hex; absent where there were no bytes to digest. */
  readonly digest?: string;
  readonly source?: KeyMaterial;
  readonly destination?: KeyMaterial;
}
