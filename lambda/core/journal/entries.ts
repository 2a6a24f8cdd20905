import type { DataKeyProof } from '../model/data-key-proof.ts';
import type { KeyMaterial } from '../model/data-key.ts';
import type { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { DataKeyPlace } from '../model/place.ts';
import type { AttributePath } from '../model/record.ts';
import type { RouteType } from '../model/route.ts';

/** What is about to be done to one record in one write. The journal is the only place outside the store that holds an EDK. */
export interface IntentEntry {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly store: string;
  readonly locator: string;
  /** The record itself is not there yet and will be made. */
  readonly createsRecord?: true;
  /** How often the change was remade because the record had changed. Of several intents for one new data key, the one with the most retries counts. */
  readonly retries?: number;
  readonly route: RouteType;
  readonly dataKeys: readonly IntendedDataKey[];
  /** Every place of the record that is about to change; empty where the record is made. */
  readonly undo: readonly UndoPlace[];
}

/** What is about to replace what, at one slot. */
export interface IntendedDataKey {
  readonly slot: string;
  /** The EDK that lies at the slot, standard base64; `null` where the slot is empty and will be filled. */
  readonly oldCiphertext: string | null;
  /** SHA-256, hex. */
  readonly oldDigest: string | null;
  readonly newDigest: string;
  /** Of the EDK that the new one is made from. It differs from the old one if new data keys have a place of their own. */
  readonly sourceDigest: string;
  readonly source: KeyMaterial;
  readonly destination: KeyMaterial;
  /** One for each hop of the route. */
  readonly kmsRequestIds: readonly string[];
}

/** One place of a record before and after a change: all that a rollback needs to know, whatever the format. */
export interface UndoPlace {
  /** Path of an attribute, the name of a metadata entry, the body or an annotation of an object; then perhaps of a value in a document. */
  readonly path: AttributePath;
  readonly role: Exclude<DataKeyPlace['role'], 'condition'>;
  /** Indexes of the data keys that it belongs to; empty for a version, which belongs to the whole record. */
  readonly dataKeys: readonly number[];
  /** What lay there: an attribute value in the JSON of the DynamoDB API, a metadata text as type S; `null` for nothing. */
  readonly before: unknown;
  /** How it was written, if the place is within a document: with its quotes and escapes. */
  readonly written?: string;
  /** SHA-256, hex, of what lay there, and of what is written there, in the same notation. */
  readonly beforeDigest: string;
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
  /** The new data key was written to a place of its own; the original stays. */
  readonly copied?: true;
  /** How a re-wrapped data key got there. */
  readonly route?: RouteType;
  /** SHA-256 of the EDK as it was read, hex; absent where there were no bytes to digest. */
  readonly digest?: string;
  /** SHA-256, hex, of the record as it was read, without what the run may change. Only if the job asks for it. */
  readonly fingerprint?: string;
  readonly source?: KeyMaterial;
  readonly destination?: KeyMaterial;
  /** Where KMS has opened it: readers of earlier versions ignore it. */
  readonly proof?: DataKeyProof;
}
