import type { OutcomeKind } from './outcome.ts';
import type { Phase } from './run.ts';

/** A data key that is not settled, named for the report. */
export interface Failure {
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  readonly outcome: OutcomeKind;
  readonly reason: string;
}

/** How many data keys were under one key material before and after the pass. */
export interface KeyMaterialCount {
  readonly keyArn: string;
  readonly keyMaterialId: string | null;
  readonly before: number;
  readonly after: number;
}

/** Records whose fingerprint was compared with that from before the run's writes. */
export interface Fingerprints {
  readonly compared: number;
  /** Those that differ: somebody has written to them since, or a run has changed what it must not. */
  readonly changed: number;
  /** The first 100 of them. */
  readonly first: readonly { readonly store: string; readonly locator: string }[];
}

/** What looks like a KMS ciphertext outside the places that the job declares, and was not answered in the job. */
export interface LookAlikeCount {
  readonly count: number;
  /** The first 100 of them. */
  readonly first: readonly NamedLookAlike[];
}

export interface NamedLookAlike {
  readonly store: string;
  readonly locator: string;
  /** Where in the record, for people. */
  readonly path: string;
  readonly form: string;
}

/** What a pass saw and did. `dataKeys` equals the sum of `outcomes`, always. */
export interface Books {
  readonly records: number;
  /** Records in which the job's format finds no data key. Absent in ledgers of earlier versions. */
  readonly withoutDataKey?: number;
  /** Locators of the first 10 of them. */
  readonly withoutDataKeyFirst?: readonly string[];
  readonly dataKeys: number;
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Absent where the pass did not look, and in ledgers of earlier versions. */
  readonly lookAlikes?: LookAlikeCount;
  readonly keyMaterials: readonly KeyMaterialCount[];
  /** Data keys that need a source key, or may need one. Only the verify pass can say 0 and mean it. */
  readonly remaining: number;
  readonly kms: { readonly requests: number; readonly throttled: number };
  /** The first 100; all of them are in the journal. */
  readonly failures: readonly Failure[];
  /** Of a verify pass that compares them. */
  readonly fingerprints?: Fingerprints;
}

export const MAX_FAILURES = 100;

/** Examples of what is plain to see once one of them is looked at. */
export const MAX_EXAMPLES = 10;

/** What is accounted for of the page after the cursor, which was left half-way: it is read again, and this is passed over. */
export interface Beyond {
  /** Digests of the locators of records that are done. */
  readonly records: readonly string[];
  /** The same of a record that is not. */
  readonly within?: string;
  /** Digests of its data keys that are done. */
  readonly dataKeys: readonly string[];
  /** What KMS has said no to of the one that comes next. */
  readonly said?: readonly string[];
}

/** How far a unit has come. */
export interface Position {
  /** Where the store goes on, in its own words. */
  readonly cursor?: string;
  readonly beyond?: Beyond;
  readonly done: boolean;
}

/** Where a unit stands. The ledger holds it, so that any worker can go on from it. */
export interface UnitProgress extends Position {
  readonly runId: string;
  readonly unitId: string;
  readonly phase: Phase;
  /** Index into the plan's stores. */
  readonly store: number;
  /** Pages accounted for; one that was accounted for in parts counts for each of them. */
  readonly pages: number;
  readonly books: Books;
  /** Earlier runs, latest first, whose work on this unit is carried on: the first pages of its journal are theirs. */
  readonly carriedFrom?: readonly string[];
  /** Of a verify pass: the page of the migrate pass's journal that it has come to. */
  readonly comparedTo?: number;
  /** Said to the state machine only: an operator has paused the run, so the next invocation can wait. */
  readonly paused?: true;
}
