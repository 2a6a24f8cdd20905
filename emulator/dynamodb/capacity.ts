import { Buffer } from 'node:buffer';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { itemSize, type Item } from './item-size.ts';

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

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
const ASKED = '"ReturnConsumedCapacity":"TOTAL",';

/** dynalite knows the sizes of items and tells the units if it is asked. */
export function askingForCapacity(operation: string, request: AwsRequest): AwsRequest {
  if (!consumes(operation) || asksItself(request)) return request;
  const text = request.body.toString('utf8');
  const begin = text.indexOf('{') + 1;
  if (begin === 0 || text.slice(begin).trim() === '}') return request;
  return { ...request, body: Buffer.from(text.slice(0, begin) + ASKED + text.slice(begin)) };
}

type Capacity = { readonly TableName: string; readonly CapacityUnits: number };

/** Tells what was consumed, and leaves it out of the answer to a caller who did not ask. */
export function withoutCapacity(
  operation: string,
  request: AwsRequest,
  { response, consumed }: { readonly response: AwsResponse; readonly consumed: Consumed },
): AwsResponse {
  if (!consumes(operation) || response.status !== 200) return response;
  const { ConsumedCapacity, ...output } = JSON.parse(String(response.body)) as {
    readonly ConsumedCapacity?: Capacity | readonly Capacity[];
  };
  const all = ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
  const factor = operation === 'Scan' && isConsistent(request) ? 2 : 1;
  for (const { TableName, CapacityUnits } of all as readonly Capacity[])
    consumed(request.region, TableName, {
      [READS.includes(operation) ? 'readUnits' : 'writeUnits']: CapacityUnits * factor,
    });
  return asksItself(request) ? response : answering(response, JSON.stringify(output));
}

/** dynalite has said how long its own answer is, and its checksum. */
function answering({ headers, ...response }: AwsResponse, body: string): AwsResponse {
  const { 'x-amz-crc32': _checksum, ...others } = headers;
  return { ...response, body, headers: { ...others, 'content-length': String(Buffer.byteLength(body)) } };
}

function consumes(operation: string): boolean {
  return READS.includes(operation) || WRITES.includes(operation);
}

/** dynalite does not tell its Scan whether it was asked for consistent reads, so that it reports half of their units. */
function isConsistent({ body }: AwsRequest): boolean {
  return (JSON.parse(body.toString('utf8')) as { readonly ConsistentRead?: boolean }).ConsistentRead === true;
}

function asksItself({ body }: AwsRequest): boolean {
  return body.includes('"ReturnConsumedCapacity"');
}
