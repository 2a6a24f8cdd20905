import {
  BatchExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  type BatchExecuteStatementCommandOutput,
  type BatchStatementRequest,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { errorNameOf } from '../waiting.ts';
import type { Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

const DYNAMODB = 'emulator/dynamodb/behaviour.md';
const PROOF = 'docs/proof.md';

export const DYNAMODB_STATEMENTS: readonly Question[] = [
  {
    id: 'dynamodb-statement-on-other-attributes',
    service: 'DynamoDB',
    open: 'whether the WHERE of an UPDATE may compare attributes beside the key',
    where: [DYNAMODB],
    calls: 'BatchExecuteStatement: UPDATE … WHERE id = ? AND edk = ?',
    answers: ['accepted', 'ValidationError'],
    assumed: 'accepted',
    ask: async world => endsOf(world, [update(world, { id: await item(world, 'other'), is: 'old' })]),
  },
  {
    id: 'dynamodb-statement-that-is-not-met',
    service: 'DynamoDB',
    open: 'which code a statement has whose condition on another attribute is not met',
    where: [DYNAMODB, PROOF],
    calls: 'the same statement, with a value that is not there',
    answers: ['ConditionalCheckFailed', 'ValidationError', 'accepted'],
    assumed: 'ConditionalCheckFailed',
    ask: async world => endsOf(world, [update(world, { id: await item(world, 'not-met'), is: 'else' })]),
  },
  {
    id: 'dynamodb-statement-on-nothing',
    service: 'DynamoDB',
    open: 'which code an UPDATE has whose item is not there',
    where: [DYNAMODB],
    calls: 'the same statement, with a key that is not there',
    answers: ['ConditionalCheckFailed', 'ResourceNotFound', 'accepted'],
    assumed: 'ConditionalCheckFailed',
    ask: world => endsOf(world, [update(world, { id: 'nothing', is: 'old' })]),
  },
  {
    id: 'dynamodb-statement-shows-old-item',
    service: 'DynamoDB',
    open: 'whether the error of a statement brings the item that ReturnValuesOnConditionCheckFailure asks for',
    where: [DYNAMODB],
    calls: 'a statement that is not met, with ALL_OLD',
    answers: ['the item', 'no item'],
    assumed: 'the item',
    ask: async world => {
      const statement = update(world, { id: await item(world, 'old-item'), is: 'else' });
      const asked = { ...statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
      const { Responses: [answer] = [] } = await sent(world.here.dynamodb, [asked]);
      return answer?.Error?.Item === undefined ? 'no item' : 'the item';
    },
  },
  {
    id: 'dynamodb-statements-on-one-item',
    service: 'DynamoDB',
    open: 'what becomes of two statements about one item',
    where: [DYNAMODB],
    calls: 'BatchExecuteStatement with two statements about one item, then GetItem',
    answers: [
      'ValidationException, and nothing is written',
      'ValidationException, and one is written',
      'accepted',
    ],
    assumed: 'ValidationException, and nothing is written',
    ask: twoOnOneItem,
  },
  {
    id: 'dynamodb-statement-parameters-left-over',
    service: 'DynamoDB',
    open: 'whether a parameter too many is ignored',
    where: [DYNAMODB],
    calls: 'a statement with one more parameter than question marks',
    answers: ['accepted', 'ValidationError', 'ValidationException'],
    assumed: 'accepted',
    ask: async world => {
      const { Statement, Parameters = [] } = update(world, { id: await item(world, 'left-over'), is: 'old' });
      return endsOf(world, [{ Statement, Parameters: [...Parameters, { S: 'too many' }] }]);
    },
  },
  {
    id: 'dynamodb-capacity-of-failed-statements',
    service: 'DynamoDB',
    open: 'whether ConsumedCapacity has an entry for a table of which every statement failed',
    where: [DYNAMODB],
    calls: 'a statement that is not met, with ReturnConsumedCapacity',
    answers: ['no entry', 'an entry'],
    assumed: 'no entry',
    ask: async world => {
      const statements = [update(world, { id: await item(world, 'capacity'), is: 'else' })];
      const { ConsumedCapacity = [] } = await sent(world.here.dynamodb, statements);
      return ConsumedCapacity.length === 0 ? 'no entry' : 'an entry';
    },
  },
  {
    id: 'dynamodb-denied-statement',
    service: 'DynamoDB',
    open: 'whether a denial of dynamodb:PartiQLUpdate is an error of the statement or of the request',
    where: [DYNAMODB, PROOF],
    calls: 'BatchExecuteStatement with a denial of dynamodb:PartiQLUpdate',
    answers: ['AccessDenied', 'AccessDeniedException'],
    assumed: 'AccessDenied',
    ask: async world => {
      const statements = [update(world, { id: await item(world, 'denied'), is: 'old' })];
      return world.denied([{ Action: ['dynamodb:PartiQLUpdate'] }], ({ here }) =>
        endsOf({ here }, statements),
      );
    },
  },
];

/** The name of an item that is there, with the attribute `edk`. */
async function item({ here, table }: Fixtures, id: string): Promise<string> {
  const Item = { id: { S: id }, edk: { S: 'old' } };
  await here.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  return id;
}

function update(
  { table }: Fixtures,
  { id, is }: { readonly id: string; readonly is: string },
): BatchStatementRequest {
  return {
    Statement: `UPDATE "${table}" SET "edk" = ? WHERE "id" = ? AND "edk" = ?`,
    Parameters: [{ S: 'new' }, { S: id }, { S: is }],
  };
}

function sent(
  dynamodb: DynamoDBClient,
  statements: readonly BatchStatementRequest[],
): Promise<BatchExecuteStatementCommandOutput> {
  return dynamodb.send(
    new BatchExecuteStatementCommand({ Statements: [...statements], ReturnConsumedCapacity: 'TOTAL' }),
  );
}

/** The codes of the statements, or the error of the request. */
async function endsOf(
  { here }: Pick<Fixtures, 'here'>,
  statements: readonly BatchStatementRequest[],
): Promise<string> {
  try {
    const { Responses = [] } = await sent(here.dynamodb, statements);
    return Responses.map(({ Error: error }) => error?.Code ?? 'accepted').join(', ');
  } catch (error) {
    return errorNameOf(error);
  }
}

async function twoOnOneItem(world: Fixtures): Promise<string> {
  const id = await item(world, 'twice');
  const end = await endsOf(world, [update(world, { id, is: 'old' }), update(world, { id, is: 'old' })]);
  if (end !== 'ValidationException') return end;
  const { here, table } = world;
  const { Item } = await here.dynamodb.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return `${end}, and ${Item?.['edk']?.S === 'old' ? 'nothing' : 'one'} is written`;
}
