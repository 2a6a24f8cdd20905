/** What a journal is made of: the folders in its bucket. */
export const JOURNAL_KINDS = ['intents', 'outcomes'] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** How far one kind of a unit's journal is sealed: the end of its hash chain, and what has gone into it. */
export interface Seal {
  /** SHA-256, hex, of the last line, of the one before it, and so on up to the beginning of the unit. */
  readonly head: string;
  readonly objects: number;
  readonly lines: number;
}

/** A chain for each kind, so that whoever may not read intents can check outcomes. */
export type Sealed = Readonly<Partial<Record<JournalKind, Seal>>>;
