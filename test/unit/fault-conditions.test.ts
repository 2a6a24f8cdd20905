import { conditionsOf, without } from '../faults/directed/conditions.ts';
import { Party, type Departure } from '../faults/wire.ts';
import type { RawRequest } from '../../emulator/protocol/request.ts';

/** The fault suite finds the conditions that it removes by reading the requests themselves. */
describe('the conditions of a request', () => {
  const departure = (service: string): Departure => ({
    ...{ party: new Party('worker-1', 0), service, operation: '', target: '' },
    body: Buffer.alloc(0),
  });
  const dynamoDb = (input: object): RawRequest => ({
    ...{ method: 'POST', url: '/', headers: {} },
    body: Buffer.from(JSON.stringify(input)),
  });
  const left = (request: RawRequest, condition: string): unknown =>
    JSON.parse(without(request, departure('dynamodb'), condition).body.toString());

  const update = dynamoDb({
    UpdateExpression: 'SET #n0 = :new0',
    ConditionExpression: '#n0 = :old0 AND attribute_not_exists(#n1)',
    ExpressionAttributeNames: { '#n0': 'edk', '#n1': 'label' },
    ExpressionAttributeValues: { ':new0': { S: 'new' }, ':old0': { S: 'old' } },
  });

  it('are the operands of its expression, by the names of their attributes, and all of them together', () => {
    expect(conditionsOf(update, departure('dynamodb'))).toEqual([
      'edk = :value',
      'attribute_not_exists(label)',
      'all of its conditions',
    ]);
  });

  it('are left out one by one, with the names and values that nothing else uses', () => {
    expect(left(update, 'edk = :value')).toEqual({
      UpdateExpression: 'SET #n0 = :new0',
      ConditionExpression: 'attribute_not_exists(#n1)',
      ExpressionAttributeNames: { '#n0': 'edk', '#n1': 'label' },
      ExpressionAttributeValues: { ':new0': { S: 'new' } },
    });
    expect(left(update, 'all of its conditions')).toEqual({
      UpdateExpression: 'SET #n0 = :new0',
      ExpressionAttributeNames: { '#n0': 'edk' },
      ExpressionAttributeValues: { ':new0': { S: 'new' } },
    });
  });

  it('are what an update keeps, too', () => {
    const kept = dynamoDb({
      UpdateExpression: 'SET a = if_not_exists(a, :a), b = :b',
      ExpressionAttributeValues: { ':a': { S: '1' }, ':b': { S: '2' } },
    });
    expect(conditionsOf(kept, departure('dynamodb'))).toEqual(['if_not_exists(a, :value)']);
    expect(left(kept, 'if_not_exists(a, :value)')).toMatchObject({ UpdateExpression: 'SET a = :a, b = :b' });
  });

  it('are the headers of S3 that make a request conditional', () => {
    const headers = { 'if-match': '"e"', 'x-amz-copy-source-if-unmodified-since': 'then', host: 'h' };
    const copy: RawRequest = { method: 'PUT', url: '/b/k', headers, body: Buffer.alloc(0) };
    expect(conditionsOf(copy, departure('s3'))).toEqual([
      'if-match',
      'x-amz-copy-source-if-unmodified-since',
      'all of its conditions',
    ]);
    const { 'if-match': _gone, ...others } = headers;
    expect(without(copy, departure('s3'), 'if-match').headers).toEqual(others);
    expect(without(copy, departure('s3'), 'all of its conditions').headers).toEqual({ host: 'h' });
  });

  it('that join AND and OR are refused, rather than taken apart wrongly', () => {
    const mixed = dynamoDb({ ConditionExpression: 'a = :a AND b = :b OR c = :c' });
    expect(() => conditionsOf(mixed, departure('dynamodb'))).toThrow('cannot be taken apart');
  });
});
