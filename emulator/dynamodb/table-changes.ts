import { setImmediate } from 'node:timers/promises';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { forward, targeting, type Tables } from './tables.ts';

const CHANGES: ReadonlySet<string> = new Set(['CreateTable', 'UpdateTable', 'DeleteTable']);

/**
 * dynalite creates, changes and deletes a table by a timer that it starts with its answer. A caller who is faster than
 * the timer would now and then see a table that is not there yet. So the answer is held back until the change is done.
 */
export async function afterItsChange(
  operation: string,
  request: AwsRequest,
  { response, server }: Pick<Tables, 'server'> & { readonly response: AwsResponse },
): Promise<AwsResponse> {
  if (!CHANGES.has(operation) || response.status !== 200) return response;
  const { TableDescription } = JSON.parse(String(response.body)) as Described;
  const body = Buffer.from(JSON.stringify({ TableName: TableDescription.TableName }));
  const asked = { ...request, body, headers: targeting(request.headers, 'DescribeTable') };
  while (isUnderWay(await forward(server, asked))) await setImmediate();
  return response;
}

interface Described {
  readonly TableDescription: { readonly TableName: string };
}

/** A table that is deleted is under way as long as it can be described. */
function isUnderWay({ status, body }: AwsResponse): boolean {
  if (status !== 200) return false;
  const { Table } = JSON.parse(String(body)) as { readonly Table: { readonly TableStatus: string } };
  return Table.TableStatus !== 'ACTIVE';
}
