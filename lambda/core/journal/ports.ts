import type { Unit } from '../model/run.ts';
import type { Sealed } from '../model/seal.ts';
import type { IntentEntry, OutcomeEntry } from './entries.ts';

export interface JournalPage {
  readonly unit: Unit;
  readonly page: number;
  /** What is sealed of the unit's journal before this page. @default nothing */
  readonly sealed?: Sealed;
}

/** Where a pass that keeps no outcomes names what it leaves. */
export interface UnprovenList {
  /** The lines of a page that have a reason: one object, and none where there are none. */
  writeUnproven(page: JournalPage, unproven: readonly OutcomeEntry[]): Promise<void>;
}

export interface Journal extends UnprovenList {
  /** Durable before it resolves: no record is changed earlier. */
  writeIntents(page: JournalPage, intents: readonly IntentEntry[]): Promise<void>;
  /** Returns what is sealed of the unit's journal with this page; `undefined` where nothing is. */
  writeOutcomes(page: JournalPage, outcomes: readonly OutcomeEntry[]): Promise<Sealed | undefined>;
}

/** One page of a unit's journal as it is stored. A page that was repeated has several objects of each kind. */
export interface JournalledPage {
  /** Its place in the archive's order: what comes after it can be asked for. */
  readonly name: string;
  /** Names of journal objects. */
  readonly intents: readonly string[];
  readonly outcomes: readonly string[];
  /** There were several attempts, or one that did not finish. They may have ended at different records. */
  readonly workedAgain?: true;
}

export type ReadIntents =
  | { readonly kind: 'intents'; readonly intents: readonly IntentEntry[] }
  /** Truncated, altered or of another schema. Nothing in it is trusted. */
  | { readonly kind: 'damaged'; readonly reason: string };

/** What a rollback reads of the journal of the run that it undoes. */
export interface IntentArchive {
  /** In a stable order, each page once. `after`: skips the pages up to and including the one of that name. */
  pagesOf(unit: Unit, after?: string): AsyncIterable<JournalledPage>;
  readIntents(name: string): Promise<ReadIntents>;
  /** Whether a journal object of outcomes names data keys that were re-wrapped. */
  hasRewrapped(name: string): Promise<boolean>;
}

/** `page`: where it lies in the journal of its unit. */
export type JournalledOutcome = OutcomeEntry & { readonly page: number };

/** What the verify pass may read of a journal: outcomes hold digests, never ciphertexts. */
export interface OutcomeArchive {
  /** In the order of the unit's pages. `fromPage`: skips the pages before it. */
  outcomesOf(unit: Unit, fromPage?: number): AsyncIterable<JournalledOutcome>;
}
