/** Words that an error had before its call was named: what AWS itself has said. */
const SAID = new WeakMap<Error, string>();

/** What AWS said of a call, without the name of the call. */
export function saidBy(error: Error): string {
  return SAID.get(error) ?? error.message;
}

/** Keeps what AWS said before the error's message is made to name the call. */
export function remember(error: Error): void {
  SAID.set(error, error.message);
}

/** Whether it is an error of a client of AWS, whose message names the call. */
export function isNamed(error: Error): boolean {
  return SAID.has(error);
}
