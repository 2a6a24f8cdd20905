import { BatchGetItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { messageOf } from '../../lambda/adapters/aws-errors.ts';
import { namingFailures } from '../../lambda/adapters/aws-failure.ts';
import { withNamedCalls } from '../../lambda/adapters/named-calls.ts';
import { UnitConflict } from '../../lambda/core/model/errors.ts';

/** A client whose every request is answered with an error. */
function refusing(error: string, message: string, maxAttempts = 1): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts,
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
  it('says which call it was and on what, and keeps its name', async () => {
    const error = await errorOf(refusing('ProvisionedThroughputExceededException', 'Rate exceeded'));
    expect(error.name).toBe('ProvisionedThroughputExceededException');
    expect(error.message).toMatch(
      /^dynamodb:Scan on table Orders: ProvisionedThroughputExceededException: Rate exceeded$/,
    );
    expect(messageOf(error)).toBe('Rate exceeded');
  });

  it('leaves a function as ServiceUnavailable where it may pass, with what to do', async () => {
    const client = refusing('ProvisionedThroughputExceededException', 'Rate exceeded', 2);
    const scan = () => client.send(new ScanCommand({ TableName: 'Orders' }));
    await expect(namingFailures(scan)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringMatching(
        /^dynamodb:Scan on table Orders after 2 tries: ProvisionedThroughputExceededException: Rate exceeded; it usually passes: start the same job again, .* raise its capacity or lower limits.maxConcurrency$/,
      ),
    });
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException'])(
    'leaves a function as a broken premise where it does not pass (%s)',
    async name => {
      const client = refusing(name, 'no');
      const scan = () => client.send(new ScanCommand({ TableName: 'Ledger' }));
      await expect(namingFailures(scan)).rejects.toMatchObject({
        name: 'PremiseBroken',
        message: expect.stringMatching(
          new RegExp(`^dynamodb:Scan on table Ledger: ${name}: no; check that it exists and that the role`),
        ),
      });
    },
  );

  it('of a batch of items names the table, too', async () => {
    const client = refusing('InternalServerError', 'no');
    const RequestItems = { Orders: { Keys: [{ id: { S: 'a' } }] } };
    await expect(client.send(new BatchGetItemCommand({ RequestItems }))).rejects.toThrow(
      'dynamodb:BatchGetItem on table Orders: InternalServerError: no',
    );
  });

  it('leaves what is none of AWS as it is', async () => {
    const error = new UnitConflict('x', 'moved on');
    await expect(namingFailures(() => Promise.reject(error))).rejects.toBe(error);
    const mistake = new TypeError('a mistake of ours');
    await expect(namingFailures(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});
