import { randomUUID } from 'node:crypto';
import type { Permission } from '../protocol/authorization.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { Callers } from '../protocol/callers.ts';
import { asAwsError } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import { Meter } from '../meter/meter.ts';
import type { FunctionDefinition, Functions, InvocationResult } from './functions.ts';
import { Sandbox } from './sandbox.ts';

export interface LambdaOptions {
  readonly callers: Callers;
  /** The most invocations at a time. More are throttled, as beyond an account's concurrency. @default 64 */
  readonly concurrency?: number;
  readonly logFolder?: string;
  /** Whether a function's role may write to its log group. Without that, its log is lost. @default every role may */
  readonly mayLog?: (definition: FunctionDefinition) => boolean;
  /** Told of lines in the embedded metric format. @default nobody listens */
  readonly embedded?: (definition: FunctionDefinition, text: string) => void;
  /** Counts invocations and log lines. @default nobody counts */
  readonly meter?: Meter;
}

/**
 * Runs functions in sandboxes, which stay warm for the next invocation. behaviour.md says what it does and does not do.
 */
export class LambdaRuntime {
  readonly #callers: Callers;
  #concurrency: number;
  #throttled = 0;
  readonly #logFolder: string | undefined;
  readonly #mayLog: (definition: FunctionDefinition) => boolean;
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #busy = new Set<Sandbox>();
  readonly #invoked: string[] = [];
  readonly #meter: Meter;
  readonly #embedded: NonNullable<LambdaOptions['embedded']>;
  #endpoint = '';
  #stopped = false;

  constructor({ callers, concurrency = 64, logFolder, mayLog = () => true, meter, embedded }: LambdaOptions) {
    this.#embedded = embedded ?? (() => undefined);
    this.#meter = meter ?? new Meter();
    this.#mayLog = mayLog;
    this.#callers = callers;
    this.#concurrency = concurrency;
    this.#logFolder = logFolder;
  }

  /** The endpoint at which functions reach the other services. It is known once the server listens. */
  listenAt(endpoint: string): void {
    this.#endpoint = endpoint;
  }

  async invoke(definition: FunctionDefinition, event: unknown): Promise<InvocationResult> {
    if (this.#stopped)
      throw new AwsError('ServiceException', 'the embedded AWS is stopping', { status: 500 });
    if (this.#busy.size >= this.#concurrency) {
      this.#throttled++;
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        status: 429,
        members: { Reason: 'ConcurrentInvocationLimitExceeded' },
      });
    }
    this.#invoked.push(definition.arn);
    const sandbox = this.#warm(definition) ?? this.#start(definition);
    this.#busy.add(sandbox);
    try {
      return await sandbox.invoke(event, randomUUID());
    } finally {
      this.#count(definition, sandbox);
      this.#busy.delete(sandbox);
      if (sandbox.alive) this.#idle.set(definition.arn, [...(this.#idle.get(definition.arn) ?? []), sandbox]);
    }
  }

  #count({ name, region, logGroup, memoryMb }: FunctionDefinition, { used }: Sandbox): void {
    this.#meter.invoked({ functionName: name, region, logGroup, memoryMb, ...used });
  }

  /** An idle sandbox of the function as it is now. Those of older code go. */
  #warm(definition: FunctionDefinition): Sandbox | undefined {
    const idle = this.#idle.get(definition.arn) ?? [];
    const current = idle.filter(sandbox => sandbox.runs(definition));
    for (const sandbox of idle) if (!sandbox.runs(definition)) sandbox.kill();
    this.#idle.set(definition.arn, current);
    return current.pop();
  }

  /**
   * Changes the number of invocations allowed at a time, as if an account's quota changed or other functions took their
   * share.
   */
  limitTo(concurrency: number): void {
    this.#concurrency = concurrency;
  }

  /** How many invocations found no free slot so far. */
  throttled(): number {
    return this.#throttled;
  }

  /** Simulates a crash: kills all busy sandboxes, or those of functions whose name contains `part`. */
  killBusy(part = ''): number {
    const victims = [...this.#busy].filter(({ functionArn }) => functionArn.includes(part));
    for (const sandbox of victims) sandbox.kill();
    return victims.length;
  }

  /** The number of current invocations, of all functions or of those whose name contains `part`. */
  busy(part = ''): number {
    return [...this.#busy].filter(({ functionArn }) => functionArn.includes(part)).length;
  }

  /** The number of invocations so far, of all functions or of those whose name contains `part`. */
  invocations(part = ''): number {
    return this.#invoked.filter(arn => arn.includes(part)).length;
  }

  stop(): void {
    this.#stopped = true;
    for (const sandbox of [...this.#busy, ...[...this.#idle.values()].flat()]) sandbox.kill();
    this.#idle.clear();
  }

  #start(definition: FunctionDefinition): Sandbox {
    const mayLog = this.#mayLog(definition);
    return new Sandbox(definition, {
      ...(mayLog && {
        lines: this.#meter.log(definition.region, definition.logGroup, text =>
          this.#embedded(definition, text),
        ),
      }),
      endpoint: this.#endpoint,
      credentials: this.#callers.issueFor(definition.roleArn),
      ...(this.#logFolder !== undefined && mayLog && { logFolder: this.#logFolder }),
    });
  }
}

/** On the function, or on the version or alias that the caller names. */
export function permissionToInvoke(reference: string, { arn }: FunctionDefinition): Permission {
  const fields = reference.split(':');
  const qualifier = reference.startsWith('arn:') ? fields[7] : fields[1];
  return {
    action: 'lambda:InvokeFunction',
    resource: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    resourceAccountId: arn.split(':')[4] ?? '',
  };
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The Invoke call. */
export function lambdaService(functions: Functions, runtime: LambdaRuntime): Service {
  return {
    async handle(request: AwsRequest): Promise<AwsResponse> {
      const headers = { 'content-type': 'application/json', 'x-amzn-requestid': request.requestId };
      try {
        const [, reference] = INVOKE.exec(request.path) ?? [];
        if (request.method !== 'POST' || reference === undefined)
          throw new AwsError(
            'UnknownOperationException',
            `the embedded AWS does not have ${request.method} ${request.path} of Lambda`,
          );
        const { region, caller, iam } = request;
        const place = { region, accountId: caller.accountId };
        const definition = functions.get(decodeURIComponent(reference), place);
        iam.need(permissionToInvoke(decodeURIComponent(reference), definition));
        const event: unknown = request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));
        const result = await runtime.invoke(definition, event);
        const error = result.kind === 'failed' ? { 'x-amz-function-error': 'Unhandled' } : {};
        return {
          status: 200,
          headers: { ...headers, ...error, 'x-amz-executed-version': '$LATEST' },
          body: JSON.stringify(result.payload),
        };
      } catch (error) {
        const { code, message, status, members } = asAwsError(error);
        return {
          status,
          headers: { ...headers, 'x-amzn-errortype': code },
          body: JSON.stringify({ Type: 'User', Message: message, ...members }),
        };
      }
    },
  };
}
