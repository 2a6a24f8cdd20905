import { Buffer } from 'node:buffer';
import type { AttributeValue, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableScope } from '../../core/model/scope.ts';

/** The members of a Scan that narrow it. */
export function scanScope({ filter, index }: TableScope): Partial<ScanCommandInput> {
  return {
    ...(index !== undefined && { IndexName: index }),
    ...(filter !== undefined && {
      FilterExpression: filter.expression,
      ...(filter.names !== undefined && { ExpressionAttributeNames: { ...filter.names } }),
      ...(filter.values !== undefined && { ExpressionAttributeValues: values(filter.values) }),
    }),
  };
}

/** Typed JSON in the SDK's form, which has bytes for binary values. */
function values(
  typed: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(typed).map(([name, value]) => [
      name,
      typeof value['B'] === 'string'
        ? { B: Buffer.from(value['B'], 'base64') }
        : (value as unknown as AttributeValue),
    ]),
  );
}
