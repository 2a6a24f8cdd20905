import { Buffer } from 'node:buffer';
import { inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { itemSize, type Item } from './item-size.ts';
import { withBody } from './response-body.ts';

interface Units {
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

/** Is told what a request has consumed of a table. */
export type Consumed = (region: string, table: string, units: Units) => void;
/** The same, where the Region is known. */
export type Spent = (table: string, units: Units) => void;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/** A strongly consistent read of an item. Nothing is as large as 1 byte (Developer Guide, "Read and write operations"). */
export function readUnitsOf(item: Item): number {
  return Math.max(1, Math.ceil(itemSize(item) / READ_UNIT_BYTES));
}

export function writeUnitsOf(item: Item): number {
  return Math.max(1, Math.ceil(itemSize(item) / WRITE_UNIT_BYTES));
}

export type Kind = 'reads' | 'writes';

const KINDS: Readonly<Record<string, Kind>> = {
  ...{ GetItem: 'reads', BatchGetItem: 'reads', Query: 'reads', Scan: 'reads', TransactGetItems: 'reads' },
  ...{ PutItem: 'writes', UpdateItem: 'writes', DeleteItem: 'writes' },
  ...{ BatchWriteItem: 'writes', TransactWriteItems: 'writes' },
};

/** What an operation consumes; `undefined` if nothing. */
export function kindOf(operation: string): Kind | undefined {
  return KINDS[operation];
}

type Input = Readonly<Record<string, unknown>>;

function isAsked({ ReturnConsumedCapacity: asked }: Input): boolean {
  return asked === 'TOTAL' || asked === 'INDEXES';
}

/** dynalite knows the sizes of items and tells the units if it is asked. */
export function askingForCapacity(request: AwsRequest): AwsRequest {
  const input = inputOf(request);
  if (isAsked(input)) return request;
  return { ...request, body: Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' })) };
}

interface Capacity {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
}

/** What an answer says of the units that each table took. */
export function capacityIn({ body }: AwsResponse): readonly Capacity[] {
  const { ConsumedCapacity = [] } = JSON.parse(String(body)) as {
    readonly ConsumedCapacity?: Capacity | readonly Capacity[];
  };
  return [ConsumedCapacity].flat();
}

/** The answer, as a caller gets it who did not ask. */
export function withoutCapacity(request: AwsRequest, response: AwsResponse): AwsResponse {
  if (isAsked(inputOf(request))) return response;
  const { ConsumedCapacity: _, ...output } = JSON.parse(String(response.body)) as Input;
  return withBody(response, output);
}
