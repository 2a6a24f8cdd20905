/** The original message of an error, before the call was added to it. */
const SAID = new WeakMap<Error, string>();

/**
 * AWS's own message, without the name of the call. KMS has errors without a message, and the SDK has a word of its own for
 * these.
 */
export function saidBy(error: Error): string {
  const said = SAID.get(error) ?? error.message;
  return /^(?:UnknownError)?$/.test(said) ? 'without a message' : said;
}

/** Keeps AWS's message before the name of the call is added to it. */
export function remember(error: Error): void {
  SAID.set(error, error.message);
}

/** Whether an AWS client threw this error, so that its message names the call. */
export function isNamed(error: Error): boolean {
  return SAID.has(error);
}
