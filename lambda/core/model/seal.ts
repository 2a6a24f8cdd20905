/** How far the journal of a unit is sealed: the end of its hash chain, and what has gone into it. */
export interface Seal {
  /** SHA-256, hex, of the last line, of the one before it, and so on up to the beginning of the unit. */
  readonly head: string;
  readonly objects: number;
  readonly lines: number;
}
