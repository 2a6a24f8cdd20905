/** An error as the service answers it: `code` is what SDKs show as the error's name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members that some errors carry beside their message. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Headers that come with some errors. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly members?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
