import { AwsError } from '../protocol/aws-error.ts';
import { inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { CapacityBucket } from './capacity-bucket.ts';
import { askingForCapacity, capacityIn, kindOf, withoutCapacity, type Kind } from './capacity.ts';
import { tablesOf } from './permissions.ts';

interface Serving {
  readonly serve: (request: AwsRequest) => Promise<AwsResponse>;
  /** What a request that failed has taken of each table: its condition failed, or its transaction was canceled. */
  readonly failed: ReadonlyMap<string, number>;
}

interface Throughput {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

/** Tables with provisioned capacity: they throttle who asks for more. dynalite knows nothing of that. */
export class ProvisionedTables {
  readonly #tables = new Map<string, Record<Kind, CapacityBucket>>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Learns of a table from its description, in the answer to what created or changed it. */
  remember(operation: string, request: AwsRequest, { status, body }: AwsResponse): void {
    if (status !== 200 || !['CreateTable', 'UpdateTable', 'DeleteTable'].includes(operation)) return;
    const { TableDescription: table } = JSON.parse(String(body)) as {
      readonly TableDescription: { readonly TableName: string; readonly ProvisionedThroughput: Throughput };
    };
    const place = placeOf(table.TableName, request);
    const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = throughputOf(operation, request, table);
    if (operation === 'DeleteTable' || reads === 0) this.#tables.delete(place);
    else this.#provision(place, { reads, writes });
  }

  #provision(place: string, { reads, writes }: Record<Kind, number>): void {
    const now = this.#now();
    const known = this.#tables.get(place);
    known?.reads.setRate(reads, now);
    known?.writes.setRate(writes, now);
    if (known === undefined)
      this.#tables.set(place, {
        reads: new CapacityBucket(reads, now),
        writes: new CapacityBucket(writes, now),
      });
  }

  /**
   * Serves a request as far as its tables have units for it.
   *
   * @throws AwsError if they have none
   */
  async serve(operation: string, request: AwsRequest, { serve, failed }: Serving): Promise<AwsResponse> {
    const kind = kindOf(operation);
    if (kind === undefined || this.#tables.size === 0) return serve(request);
    const input = inputOf(request);
    const bucketOf = (table: string): CapacityBucket | undefined =>
      this.#tables.get(placeOf(table, request))?.[kind];
    const tables = tablesOf(operation, input);
    if (tables.every(table => bucketOf(table) === undefined)) return serve(request);
    const isEmpty = (table: string): boolean => bucketOf(table)?.hasUnits(this.#now()) === false;
    if (tables.some(isEmpty)) throw exceeded(operation, tables.map(isEmpty));
    const response = await serve(askingForCapacity(request));
    if (response.status !== 200) {
      for (const [table, units] of failed) bucketOf(table)?.take(units, this.#now());
      return response;
    }
    for (const { TableName = '', CapacityUnits = 0 } of capacityIn(response))
      bucketOf(TableName)?.take(CapacityUnits, this.#now());
    return withoutCapacity(request, response);
  }
}

/** An update is answered with the table as it was. */
function throughputOf(
  operation: string,
  request: AwsRequest,
  table: { readonly ProvisionedThroughput: Throughput },
): Throughput {
  const { BillingMode, ProvisionedThroughput } = inputOf(request) as {
    readonly BillingMode?: string;
    readonly ProvisionedThroughput?: Throughput;
  };
  if (operation !== 'UpdateTable') return table.ProvisionedThroughput;
  if (BillingMode === 'PAY_PER_REQUEST') return { ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
  return ProvisionedThroughput ?? table.ProvisionedThroughput;
}

const MESSAGE =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.';

/** API Reference, TransactionCanceledException: a transaction is canceled for want of capacity, with a reason for each item. */
function exceeded(operation: string, empty: readonly boolean[]): AwsError {
  if (!operation.startsWith('Transact'))
    return new AwsError('ProvisionedThroughputExceededException', MESSAGE);
  const reasons = empty.map(one =>
    one ? { Code: 'ProvisionedThroughputExceeded', Message: MESSAGE } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  );
}

/** Tables are named by name or by ARN. */
function placeOf(table: string, { region, caller }: Pick<AwsRequest, 'region' | 'caller'>): string {
  return `${caller.accountId}/${region}/${table.split('/')[1] ?? table}`;
}
