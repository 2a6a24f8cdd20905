/** The original message of an error, before the call was added to it. */
const SAID = new WeakMap<Error, string>();

/** KMS has errors without a message, and the SDK has a word of its own for these. */
const NO_MESSAGE = new Set(['', 'UnknownError']);

/** AWS's own message, without the name of the call. */
export function saidBy(error: Error): string {
  const said = SAID.get(error) ?? error.message;
  return NO_MESSAGE.has(said) ? 'without a message' : said;
}

/** Keeps AWS's message before the name of the call is added to it. */
export function remember(error: Error): void {
  SAID.set(error, error.message);
}

/** Whether an AWS client threw this error, so that its message names the call. */
export function isNamed(error: Error): boolean {
  return SAID.has(error);
}
