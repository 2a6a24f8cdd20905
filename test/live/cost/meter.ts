/** What the meter counts: what AWS bills by the request, and all else. */
export const COUNTED = ['kms', 's3 writes', 's3 reads', 'dynamodb', 'others'] as const;
export type Counted = (typeof COUNTED)[number];
export type Counts = Readonly<Record<Counted, number>>;

/** The run has made as many requests as were reckoned, and makes no more. */
class LimitReached extends Error {
  override readonly name = 'LimitReached';
}

interface AnyClient {
  readonly config: { readonly serviceId?: string };
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<never>,
        context: { readonly commandName?: string },
      ) => (args: never) => Promise<never>,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low' },
    ): void;
  };
}

/** Counts the requests that leave this process, and refuses those beyond what was reckoned. */
export class Meter {
  readonly #counts: Record<Counted, number> = {
    kms: 0,
    's3 writes': 0,
    's3 reads': 0,
    dynamodb: 0,
    others: 0,
  };
  readonly #operations = new Map<string, number>();
  readonly #most: Counts | undefined;
  #limited = true;

  constructor(most?: Counts) {
    this.#most = most;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  /** By service and operation, as CloudWatch counts them in AWS/Usage. */
  get operations(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#operations].toSorted());
  }

  /** Removing what was made is never refused. */
  unlimited(): void {
    this.#limited = false;
  }

  count(counted: Counted): void {
    const most = this.#most?.[counted];
    if (this.#limited && most !== undefined && this.#counts[counted] >= most)
      throw new LimitReached(`${most} requests (${counted}) were reckoned, and one more was about to leave`);
    this.#counts[counted]++;
  }

  /** Within the retries of the client, so that each try counts. */
  watch(client: object): void {
    const { config, middlewareStack } = client as AnyClient;
    middlewareStack.add(
      (next, { commandName = '' }) =>
        args => {
          const service = config.serviceId ?? '';
          this.count(countedAs(service, commandName));
          const operation = `${service} ${commandName.replace(/Command$/, '')}`;
          this.#operations.set(operation, (this.#operations.get(operation) ?? 0) + 1);
          return next(args);
        },
      { step: 'finalizeRequest', priority: 'low' },
    );
  }
}

/** S3 bills PUT, COPY, POST and LIST alike, and all others less. */
export function countedAs(serviceId: string, commandName: string): Counted {
  switch (serviceId) {
    case 'KMS':
      return 'kms';
    case 'DynamoDB':
      return 'dynamodb';
    case 'S3':
      return /^(Get|Head|Delete)/.test(commandName) ? 's3 reads' : 's3 writes';
    default:
      return 'others';
  }
}
