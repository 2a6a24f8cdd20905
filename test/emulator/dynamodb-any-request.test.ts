import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import db from 'dynalite/db/index.js';
import { anyRequest, type AnyRequest } from '../support/any-request.ts';
import { dynamoDbCalls, type Answer } from '../support/dynamodb-calls.ts';
import { ITEM, KEY, RIGHT, TABLE } from '../support/right-requests.ts';

/** Of the event loop: many more than any answer takes. */
const TURNS = 20_000;

type Call = ReturnType<typeof dynamoDbCalls>;

async function tables(): Promise<Call> {
  const call = dynamoDbCalls();
  await call('CreateTable', TABLE);
  for (const N of ['1', '2', '3'])
    await call('PutItem', { TableName: 'Table', Item: { ...ITEM, nr: { N } } });
  return call;
}

/** @throws Error if there is no answer */
async function answerTo(call: Call, { operation, body }: AnyRequest): Promise<Answer> {
  let answer: Answer | undefined;
  void call(operation, body).then(given => (answer = given));
  for (let turn = 0; turn < TURNS && answer === undefined; turn++) await setImmediate();
  if (answer === undefined) throw new Error(`no answer to ${operation} ${body}`);
  return answer;
}

/** An output, or an error with a name. */
function needForm({ status, output }: Answer): void {
  if (status !== 200) expect(output).toMatchObject({ __type: expect.stringMatching(/^(?:.*#)?\w+$/) });
  expect([200, 400, 500]).toContain(status);
}

beforeEach(() => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('DynamoDB on loopback', () => {
  const named = RIGHT.map(([operation, input]) => [operation, Object.keys(input).join(', '), input] as const);

  // Or any request would be made of nothing that is carried out.
  it.each(named)('carries out %s of %s', async (operation, _, input) => {
    const call = await tables();
    if (operation === 'DeleteTable') await call('CreateTable', { ...TABLE, TableName: 'Other' });
    expect(await call(operation, input)).toMatchObject({ status: 200 });
  });

  it('answers any request, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 6 }), async requests => {
        const call = await tables();
        for (const request of requests) needForm(await answerTo(call, request));
        const get = { operation: 'GetItem', body: JSON.stringify({ TableName: 'Table', Key: KEY }) };
        needForm(await answerTo(call, get));
        expect(await answerTo(call, { operation: 'ListTables', body: '{}' })).toMatchObject({ status: 200 });
      }),
      { numRuns: 100 },
    );
  });

  it('answers as DynamoDB does where something in itself throws, and keeps no item locked', async () => {
    const call = await tables();
    const KeyConditions = { id: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } };
    for (const [operation, input] of [
      ['UpdateItem', { Key: KEY, UpdateExpression: 'SET word = kind' }],
      ['PutItem', { Item: ITEM }],
      ['DeleteItem', { Key: KEY }],
      ['Query', { KeyConditions, AttributesToGet: ['id'] }],
    ] as const) {
      const request = { operation, body: JSON.stringify({ TableName: 'Table', ...input }) };
      // Within what is called back: after an item was locked and read, and at the end of a page.
      const broken = (['addConsumedCapacity', 'mapPaths'] as const).map(name =>
        jest.spyOn(db, name).mockImplementation(() => {
          throw new TypeError('nobody has thought of this');
        }),
      );
      expect(await answerTo(call, request)).toEqual({
        status: 500,
        output: {
          __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
          message: 'nobody has thought of this',
        },
      });
      for (const one of broken) one.mockRestore();
      expect(await answerTo(call, request)).toMatchObject({ status: 200 });
    }
  });
});
