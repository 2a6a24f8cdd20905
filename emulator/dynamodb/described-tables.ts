import type { AwsRequest } from '../protocol/request.ts';
import type { ServerSideKeys } from './server-side-keys.ts';
import { callsFor, type AllTables } from './tables.ts';

/** A table as DescribeTable tells it to the caller of a request, with its encryption; nothing where there is none. */
export type DescribedTables = (
  table: string,
  request: AwsRequest,
) => Promise<Readonly<Record<string, unknown>> | undefined>;

export function describedTables(all: AllTables, keys: ServerSideKeys): DescribedTables {
  return async (TableName, request) => {
    const { status, output } = await callsFor(all.of(request).server, request)('DescribeTable', {
      TableName,
    });
    return status === 200 ? keys.described(output['Table'] as Record<string, unknown>, request) : undefined;
  };
}
