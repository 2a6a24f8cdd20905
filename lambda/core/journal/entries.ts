import type { KeyMaterial } from '../model/data-key.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { AttributePath } from '../model/record.ts';
import type { RouteType } from '../model/route.ts';

/** Version of both line shapes below; a reader refuses what it does not know. */
export const JOURNAL_SCHEMA = 2;

/** What is about to replace what, at one slot of one record. The only place outside the store that holds an EDK. */
export interface IntentEntry {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  /** The EDK that lies at the slot, standard base64; `null` where the slot is empty and will be filled. */
  readonly oldCiphertext: string | null;
  /** SHA-256, hex. */
  readonly oldDigest: string | null;
  readonly newDigest: string;
  /** Of the EDK that the new one is made of: another than the old one where it goes to a place of its own. */
  readonly sourceDigest: string;
  /** The record itself is not there yet and will be made. */
  readonly createsRecord?: true;
  /** Every place of the record that is about to change, the data key's slot first; empty where the record is made. */
  readonly undo: readonly UndoPlace[];
  readonly source: KeyMaterial;
  readonly destination: KeyMaterial;
  readonly route: RouteType;
  /** One for each hop of the route. */
  readonly kmsRequestIds: readonly string[];
}

/** One place of a record before and after a change: all that a rollback needs, whatever the format. */
export interface UndoPlace {
  /** Path of an attribute, or the name of a metadata entry alone. */
  readonly path: AttributePath;
  /** What lay there: an attribute value in typed JSON, binary as base64, or the text of a metadata entry; `null` for nothing. */
  readonly before: unknown;
  /** SHA-256, hex, of what is written there, in the same notation. */
  readonly afterDigest: string;
}

/** What became of one data key. Holds no ciphertext and no context value. */
export interface OutcomeEntry {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  readonly outcome: OutcomeKind;
  readonly reason?: string;
  /** The new data key has a place of its own: the one that it was made of stays. */
  readonly copied?: true;
  /** How a re-wrapped data key got there. */
  readonly route?: RouteType;
  /** SHA-256 of the EDK as it was read, hex; absent where there were no bytes to digest. */
  readonly digest?: string;
  /** SHA-256, hex, of the record as it was read, without what the run may change; where the job asks for it. */
  readonly fingerprint?: string;
  readonly source?: KeyMaterial;
  readonly destination?: KeyMaterial;
}
