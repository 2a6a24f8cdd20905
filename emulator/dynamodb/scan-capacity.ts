import { inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { withBody } from './response-body.ts';

interface Units {
  readonly CapacityUnits: number;
}

type Capacity = Units & { readonly Table?: Units };

/**
 * The answer to a request that asked for its capacity. dynalite drops the ConsistentRead of a Scan, which takes twice as much as one that
 * is eventually consistent.
 */
export function withScanCapacity(operation: string, request: AwsRequest, response: AwsResponse): AwsResponse {
  if (operation !== 'Scan' || response.status !== 200) return response;
  if (inputOf(request)['ConsistentRead'] !== true) return response;
  const output = JSON.parse(String(response.body)) as { readonly ConsumedCapacity: Capacity };
  const { ConsumedCapacity: capacity } = output;
  const { Table } = capacity;
  const doubled = { ...capacity, ...twice(capacity), ...(Table !== undefined && { Table: twice(Table) }) };
  return withBody(response, { ...output, ConsumedCapacity: doubled });
}

function twice({ CapacityUnits }: Units): Units {
  return { CapacityUnits: 2 * CapacityUnits };
}
