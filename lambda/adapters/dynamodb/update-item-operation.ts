import { UpdateItem$, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { toJson } from '../../core/model/attribute-json.ts';
import type { AttributeValue } from '../../core/model/record.ts';
import { jsonOperation } from '../aws/json-operation.ts';
import type { SdkItem } from './item-key.ts';
import type { Metered } from '../records/table-capacity.ts';

/** UpdateItem as the AWS JSON 1.0 protocol has it. Of its answer, a write wants to know only what it took. */
export const UPDATE_ITEM = jsonOperation<UpdateItemCommandInput, Metered>({
  ...{ name: 'UpdateItem', service: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  schema: UpdateItem$,
  endpoint: () => UpdateItemCommand.getEndpointParameterInstructions(),
  write: ({ Key, ExpressionAttributeValues, ...input }) =>
    JSON.stringify({
      ...input,
      Key: valuesToJson(Key),
      ...(ExpressionAttributeValues !== undefined && {
        ExpressionAttributeValues: valuesToJson(ExpressionAttributeValues),
      }),
    }),
  read: json => consumed((json as { readonly ConsumedCapacity?: unknown }).ConsumedCapacity),
});

function consumed(capacity: unknown): Metered {
  const units = consumedIn(capacity);
  return units === undefined ? {} : { ConsumedCapacity: { CapacityUnits: units } };
}

/** What an answer does not say, or not as the API has it, is not known. */
export function consumedIn(capacity: unknown): number | undefined {
  const { CapacityUnits: units } = (capacity ?? {}) as { readonly CapacityUnits?: unknown };
  return typeof units === 'number' ? units : undefined;
}

function valuesToJson(values: SdkItem = {}): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toJson(value as AttributeValue)]),
  );
}
