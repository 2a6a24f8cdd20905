/** For how many of a page's questions, or of its writes, there is time. */
export interface Turns {
  /** At one time. */
  readonly inFlight: number;
  /** Before each: `undefined` where there is no time for it, and none for those after it; else called when it is over. */
  begin(): (() => void) | undefined;
}

/** The questions about a page. One may take many requests: each key with each context, and each hop of the route. */
export interface Questions extends Turns {
  /** Before each request: `undefined` where there is no time for it; else called when it is answered. */
  request(): (() => void) | undefined;
}

export const ALL_THE_TIME: Turns = { inFlight: 32, begin: () => () => undefined };
