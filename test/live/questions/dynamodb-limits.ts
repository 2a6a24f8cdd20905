import { TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { endOf } from '../waiting.ts';
import type { Question } from './question.ts';

const DYNAMODB = 'emulator/dynamodb/behaviour.md';
/** More than the 300 operators and functions that an expression may have. */
const SETS = 301;

export const DYNAMODB_LIMITS: readonly Question[] = [
  {
    id: 'dynamodb-operators-of-set',
    service: 'DynamoDB',
    open: 'whether the = of a SET counts among the 300 operators of an expression',
    where: [DYNAMODB],
    calls: `UpdateItem that sets ${SETS} attributes`,
    answers: ['it does not count', 'ValidationException'],
    assumed: 'it does not count',
    ask: async ({ here, table }) => {
      const sets = Array.from({ length: SETS }, (_, index) => `a${index}=:v`);
      const end = await endOf(
        here.dynamodb.send(
          new UpdateItemCommand({
            ...{ TableName: table, Key: { id: { S: 'sets' } } },
            UpdateExpression: `SET ${sets.join(',')}`,
            ExpressionAttributeValues: { ':v': { S: 'v' } },
          }),
        ),
      );
      return end === 'accepted' ? 'it does not count' : end;
    },
  },
  {
    id: 'dynamodb-capacity-of-a-check',
    service: 'DynamoDB',
    open: 'what a ConditionCheck of a transaction takes',
    where: [DYNAMODB, 'emulator/meter/behaviour.md'],
    calls: 'TransactWriteItems with a Put and a ConditionCheck of small items, with ReturnConsumedCapacity',
    answers: ['4 units together', '2 units together'],
    assumed: '4 units together',
    ask: async ({ here, table: TableName }) => {
      const check = {
        TableName,
        Key: { id: { S: 'not-there' } },
        ConditionExpression: 'attribute_not_exists(id)',
      };
      const { ConsumedCapacity = [] } = await here.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: { id: { S: 'in-a-transaction' } } } },
            { ConditionCheck: check },
          ],
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      const units = ConsumedCapacity.reduce((sum, one) => sum + (one.CapacityUnits ?? 0), 0);
      return `${units} units together`;
    },
  },
];
