import { UpdateItem$, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { toJson } from '../../core/model/attribute-json.ts';
import type { AttributeValue } from '../../core/model/record.ts';
import type { LeanOperation } from '../aws/lean-calls.ts';
import type { SdkItem } from './item-key.ts';

/** UpdateItem as the AWS JSON 1.0 protocol has it. Its answer has nothing that a write asks for. */
export const UPDATE_ITEM: LeanOperation<UpdateItemCommandInput, object> = {
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
  read: () => ({}),
};

function valuesToJson(values: SdkItem = {}): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toJson(value as AttributeValue)]),
  );
}
