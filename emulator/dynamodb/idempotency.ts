import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../protocol/aws-error.ts';

/** TransactWriteItems: a token is valid for 10 minutes after the first request with it has completed. */
const VALID_MS = 600_000;

interface Completed {
  readonly input: unknown;
  readonly output: object;
  readonly at: number;
}

/** What was answered to requests with a client token. */
export class ClientTokens {
  readonly #completed = new Map<string, Completed>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The answer to the first request with this token, if there was one.
   *
   * @throws AwsError if that request said something else
   */
  answered(token: string, input: unknown): object | undefined {
    const known = this.#completed.get(token);
    if (known === undefined || this.#now() - known.at > VALID_MS) return undefined;
    if (!isDeepStrictEqual(known.input, input))
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
      );
    return known.output;
  }

  remember(token: string, input: unknown, output: object): void {
    this.#completed.set(token, { input, output, at: this.#now() });
  }
}
