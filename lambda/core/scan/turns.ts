/** How many of a page's questions, or writes, there is time for. */
export interface Turns {
  /** At one time. */
  readonly inFlight: number;
  /** Called before each; returns `undefined` if there is no time for it or any later one, else a function to call when it is over. */
  begin(): (() => void) | undefined;
}

/** The questions about a page. One may take many requests: each key with each context, and each hop of the route. */
export interface Questions extends Turns {
  /** Called before each request; returns `undefined` if there is no time for it, else a function to call when it is answered. */
  request(): (() => void) | undefined;
}

export const ALL_THE_TIME: Turns = { inFlight: 32, begin: () => () => undefined };
