import { BatchGetItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import { messageOf } from '../../lambda/adapters/aws/errors.ts';
import { namingFailures, wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import { deployedJobs, findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { Executions } from '../../lambda/adapters/run/executions.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { withNamedCalls } from '../../lambda/adapters/aws/named-calls.ts';
import { UnitConflict } from '../../lambda/core/model/errors.ts';

/** Answers every request with an error, whatever the service. */
function answering(error: string, message: string): NonNullable<ClientConfig['requestHandler']> {
  const json = JSON.stringify({ __type: error, message });
  const xml = `<ErrorResponse><Error><Code>${error}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const answer = (hostname: string) => ({
    statusCode: 400,
    headers: { 'x-amzn-errortype': error },
    body: Buffer.from(hostname.startsWith('cloudformation') ? xml : json),
  });
  return {
    handle: ({ hostname }: { hostname: string }) => Promise.resolve({ response: answer(hostname) }),
  } as never;
}

const CALLER = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** A client whose every request is answered with an error. */
function refusing(error: string, message: string, maxAttempts = 1): DynamoDBClient {
  const requestHandler = answering(error, message);
  return withNamedCalls(new DynamoDBClient({ ...CALLER, maxAttempts, requestHandler }), 'dynamodb');
}

const DENIED = { ...CALLER, requestHandler: answering('AccessDeniedException', 'no') };
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ff';

function describeKey(): Promise<unknown> {
  const channel = new KmsChannel({ ...DENIED, patienceMs: [] });
  channel.setRate(1_000_000);
  return channel.send(KEY, client => client.send(new DescribeKeyCommand({ KeyId: KEY })));
}

function reEncrypt(): Promise<unknown> {
  const channel = new KmsChannel({ ...DENIED, patienceMs: [] });
  channel.setRate(1_000_000);
  const input = { CiphertextBlob: Buffer.from('x'), SourceKeyId: KEY, DestinationKeyId: OTHER };
  return channel.send(KEY, client => client.send(new ReEncryptCommand(input)));
}

const describeRun = (): Promise<unknown> =>
  new Executions('arn:aws:states:us-east-1:111122223333:stateMachine:m', DENIED).status('r1');

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

  it('says so where AWS gave it no words, and not what the SDK puts in their place', async () => {
    const error = await errorOf(refusing('UnsupportedOperationException', ''));
    expect(messageOf(error)).toBe('without a message');
    expect(error.message).toBe(
      'dynamodb:Scan on table Orders: UnsupportedOperationException: without a message',
    );
  });

  it('is thrown by a function as ServiceUnavailable if it may pass, with what to do', async () => {
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
    'is thrown by a function as a broken premise if it does not pass (%s)',
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

  it.each([
    ['KMS', describeKey, `kms:DescribeKey on key ${KEY}: AccessDeniedException: no`],
    ['KMS with two keys', reEncrypt, `kms:ReEncrypt from ${KEY} to ${OTHER}: AccessDeniedException: no`],
    [
      'Step Functions',
      describeRun,
      'states:DescribeExecution on arn:aws:states:us-east-1:111122223333:execution:m:r1: AccessDeniedException: no',
    ],
    [
      'CloudFormation',
      () => findDeployment('Rewrap', DENIED),
      'stack Rewrap cannot be looked up: cloudformation:DescribeStacks on stack Rewrap: AccessDeniedException: no; check --profile and --region',
    ],
    [
      'CloudFormation about the jobs',
      () => deployedJobs('Rewrap', DENIED),
      'the template of stack Rewrap cannot be read: cloudformation:GetTemplate on stack Rewrap: AccessDeniedException: no; check',
    ],
  ])('names a call of %s, too', async (_service, call, words) => {
    await expect(call()).rejects.toThrow(words);
  });

  it('is reported to the caller of a command, with what to do', async () => {
    expect(wordsForCaller(await errorOf(refusing('AccessDeniedException', 'no')))).toBe(
      'dynamodb:Scan on table Orders: AccessDeniedException: no; check --profile and --region, and that you are allowed this call (docs/permissions.md says what each command needs)',
    );
    expect(wordsForCaller(await errorOf(refusing('ThrottlingException', 'slow')))).toBe(
      'dynamodb:Scan on table Orders: ThrottlingException: slow; it usually passes: run the command again',
    );
    // A missing file also has a code made of letters, but is not an AWS error.
    expect(wordsForCaller(Object.assign(new Error('no such file'), { code: 'ENOENT' }))).toBe('no such file');
  });

  it('leaves other errors unchanged', async () => {
    const error = new UnitConflict('x', 'moved on');
    await expect(namingFailures(() => Promise.reject(error))).rejects.toBe(error);
    const mistake = new TypeError('a mistake of ours');
    await expect(namingFailures(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});
