import { AwsError } from '../protocol/aws-error.ts';

export interface FunctionDefinition {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly roleArn: string;
  /** Folder of the bundled code. */
  readonly folder: string;
  /** `FILE.EXPORT`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
}

/** The result of an invocation. A function error is a result, too, as it is for callers of Invoke. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly errorType: string; readonly payload: unknown };

/** All deployed functions, by ARN. */
export class Functions {
  readonly #functions = new Map<string, FunctionDefinition>();

  /** Makes a function, or changes it. */
  put(definition: FunctionDefinition): void {
    this.#functions.set(definition.arn, definition);
  }

  delete(arn: string): void {
    this.#functions.delete(arn);
  }

  /** By ARN, with or without version, or by name in a Region and account. */
  get(reference: string, place: { readonly region: string; readonly accountId: string }): FunctionDefinition {
    const arn = reference.startsWith('arn:')
      ? reference.split(':').slice(0, 7).join(':')
      : `arn:aws:lambda:${place.region}:${place.accountId}:function:${reference}`;
    const found = this.#functions.get(arn);
    if (found === undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
    return found;
  }

  all(): readonly FunctionDefinition[] {
    return [...this.#functions.values()];
  }
}
