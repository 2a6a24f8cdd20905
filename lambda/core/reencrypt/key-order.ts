/**
 * The order in which the keys of the allow-list are tried: the key that the record names, then the key that the
 * last data key was under, then the rest. One call is the rule, in first and in second runs alike.
 */
export class KeyOrder {
  readonly #allowed: readonly string[];
  #last: string | undefined;

  /** Sources in the job's order, then the destination. */
  constructor(sourceKeyArns: readonly string[], destinationKeyArn: string) {
    this.#allowed = [...new Set([...sourceKeyArns, destinationKeyArn])];
  }

  candidates(recordedKeyArn?: string): readonly string[] {
    const likely = [recordedKeyArn, this.#last].filter(
      arn => arn !== undefined && this.#allowed.includes(arn),
    );
    return [...new Set([...(likely as string[]), ...this.#allowed])];
  }

  remember(keyArn: string): void {
    this.#last = keyArn;
  }
}
