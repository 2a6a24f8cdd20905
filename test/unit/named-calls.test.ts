import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { messageOf } from '../../lambda/adapters/aws-errors.ts';
import { withNamedCalls } from '../../lambda/adapters/named-calls.ts';

/** A client whose every request is answered with an error. */
function refusing(error: string, message: string): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: () =>
        Promise.resolve({
          response: {
            statusCode: 400,
            headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': error },
            body: Buffer.from(JSON.stringify({ __type: error, message })),
          },
        }),
    } as never,
  });
  return withNamedCalls(client, 'dynamodb');
}

const errorOf = (client: DynamoDBClient): Promise<Error> =>
  client.send(new ScanCommand({ TableName: 'Orders' })).then(
    () => new Error('no error'),
    (error: unknown) => error as Error,
  );

describe('an error of AWS', () => {
  it('says which call it was and on what, keeps its name, and what to do where it passes', async () => {
    const error = await errorOf(refusing('ProvisionedThroughputExceededException', 'Rate exceeded'));
    expect(error.name).toBe('ProvisionedThroughputExceededException');
    expect(error.message).toMatch(
      /^dynamodb:Scan on table Orders: Rate exceeded; it usually passes: .* raise its capacity or lower limits.maxConcurrency$/,
    );
    expect(messageOf(error)).toBe('Rate exceeded');
  });

  it('gives no such advice where it does not pass', async () => {
    const { message } = await errorOf(refusing('ResourceNotFoundException', 'Requested resource not found'));
    expect(message).toBe('dynamodb:Scan on table Orders: Requested resource not found');
  });
});
