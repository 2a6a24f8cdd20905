/** For how many of a page's questions, or of its writes, there is time. */
export interface Turns {
  /** At one time. */
  readonly inFlight: number;
  /** Before each: `undefined` where there is no time for it, and none for those after it; else called when it is over. */
  begin(): (() => void) | undefined;
}

export const ALL_THE_TIME: Turns = { inFlight: 32, begin: () => () => undefined };
