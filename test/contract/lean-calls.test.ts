import {
  BatchExecuteStatementCommand,
  DynamoDBClient,
  UpdateItemCommand,
  type BatchExecuteStatementCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ReEncryptCommandInput } from '@aws-sdk/client-kms';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { withNamedCalls } from '../../lambda/adapters/aws/named-calls.ts';
import { BATCH_EXECUTE_STATEMENT } from '../../lambda/adapters/dynamodb/batch-execute-statement-operation.ts';
import { UPDATE_ITEM } from '../../lambda/adapters/dynamodb/update-item-operation.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import {
  ScriptedServer,
  type ScriptedAnswer as Answer,
  type SeenRequest as Seen,
} from '../support/scripted-server.ts';

const server = new ScriptedServer();
let endpoint: string;
beforeAll(async () => {
  endpoint = await server.start();
});
afterAll(() => server.stop());

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const INPUT: ReEncryptCommandInput = {
  CiphertextBlob: Buffer.from([0, 1, 255]),
  SourceKeyId: OLD_KEY,
  SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  SourceEncryptionContext: { tenant: 'Zoë “1”', __proto__: 'x' },
  DestinationKeyId: NEW_KEY,
  DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  DestinationEncryptionContext: {},
  GrantTokens: ['token'],
};
const ANSWER = JSON.stringify({
  CiphertextBlob: 'AAEC/w==',
  SomethingNew: { of: [2030] },
  SourceKeyId: OLD_KEY,
  KeyId: NEW_KEY,
  SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  SourceKeyMaterialId: 'a1',
  DestinationKeyMaterialId: 'b2',
});

interface Told {
  readonly outcome: unknown;
  readonly seen: readonly Seen[];
  readonly usage: unknown;
}

/** Has one ReEncrypt answered as the script says, by the SDK or lean. */
async function told(requests: 'lean' | 'sdk', script: readonly Answer[]): Promise<Told> {
  server.play(script);
  const region = 'us-east-1';
  const channel = new KmsChannel({ endpoint, region, credentials, requests, identityPatienceMs: [] });
  channel.setRate(1_000_000);
  const outcome = await channel.reEncrypt(INPUT).then(
    ({ CiphertextBlob, $metadata: { requestId, attempts }, ...output }) => {
      return { ...output, requestId, attempts, bytes: [...CiphertextBlob!] };
    },
    (error: unknown) => described(error),
  );
  return { outcome, seen: server.seen, usage: channel.takeUsage() };
}

interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $fault?: string;
  readonly code?: string;
}

function described(error: unknown): unknown {
  const { name, message, $metadata, $fault, code } = error as AwsError;
  const { httpStatusCode, attempts } = $metadata ?? {};
  return { name, message, httpStatusCode, attempts, $fault, code };
}

const refusal = (name: string, status = 400, headers = {}): Answer => ({
  ...{ status, headers },
  body: JSON.stringify({ __type: `com.amazonaws.kms#${name}`, message: `because of ${name}` }),
});
const OK: Answer = { status: 200, body: ANSWER };
const HOUR_AGO = { date: new Date(Date.now() - 3_600_000).toUTCString() };

describe('ReEncrypt without the SDK’s middleware', () => {
  it.each<[string, Answer[]]>([
    ['an answer', [OK]],
    ['another key', [refusal('IncorrectKeyException')]],
    ['no reason', [{ status: 400, body: JSON.stringify({ __type: 'InvalidCiphertextException' }) }]],
    ['an unknown error', [refusal('NeverHeardOfException')]],
    [
      'a denial with a capital M',
      [{ status: 400, body: '{"__type":"AccessDeniedException","Message":"no"}' }],
    ],
    [
      'an error in a header',
      [{ status: 400, body: '{}', headers: { 'x-amzn-errortype': 'DisabledException:' } }],
    ],
    ['an error without a name', [{ status: 413, body: '' }]],
    [
      'two throttles, and then an answer',
      [refusal('ThrottlingException'), refusal('ThrottlingException'), OK],
    ],
    ['an internal error, and then an answer', [refusal('KMSInternalException', 500), OK]],
    ['a page of a proxy, and then an answer', [{ status: 503, body: '<html>busy</html>' }, OK]],
    ['an answer that breaks off, and then one', [{ ...OK, headers: { 'content-length': '9999' } }, OK]],
    ['a lost connection, and then an answer', ['reset', OK]],
    ['a clock that is off', [refusal('InvalidSignatureException', 400, HOUR_AGO), OK]],
    ['a token that has expired', [refusal('ExpiredTokenException')]],
  ])('has the same end, after as many tries: %s', async (_, script) => {
    const [sdk, lean] = [await told('sdk', script), await told('lean', script)];
    expect(lean.outcome).toEqual(sdk.outcome);
    expect(lean.usage).toEqual(sdk.usage);
    expect(lean.seen).toHaveLength(sdk.seen.length);
  });

  it('sends the same body, under a signature of the same things', async () => {
    const [sdk, lean] = [await told('sdk', [OK]), await told('lean', [OK])];
    expect(JSON.parse(lean.seen[0]!.body)).toEqual(JSON.parse(sdk.seen[0]!.body));
    const told1 = ({ seen: [one] }: Told): unknown => {
      const {
        host,
        'x-amz-target': target,
        'content-type': type,
        'x-amz-security-token': token,
      } = one!.headers;
      return { host, target, type, token };
    };
    expect(told1(lean)).toEqual(told1(sdk));
    const scope = /Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/kms\/aws4_request/;
    for (const one of [sdk, lean]) expect(one.seen[0]!.headers.authorization).toMatch(scope);
  });

  it('signs the second try by the clock of AWS', async () => {
    const { seen: tries } = await told('lean', [refusal('InvalidSignatureException', 400, HOUR_AGO), OK]);
    const at = tries.map(({ headers }) => headers['x-amz-date'] as string);
    const [first = 0, second = 0] = at.map(time =>
      Date.parse(time.replace(/(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:')),
    );
    expect(first - second).toBeGreaterThan(3_500_000);
    expect(first - second).toBeLessThan(3_700_000);
  });

  it.each([
    '',
    '{"KeyId":"a"}',
    '{"CiphertextBlob":"AAEC/w="}',
    ANSWER.slice(0, 25),
    ANSWER.replace('{', ''),
  ])('takes no answer for a ciphertext that is none, and shows nothing of it: %j', async body => {
    const { outcome } = await told('lean', [{ status: 200, body }]);
    const { name, message } = outcome as Error;
    expect(name).toBe('UnreadableAnswer');
    expect(message).toMatch(/^kms:ReEncrypt from .* to .*: UnreadableAnswer: its answer is not in the form/);
    expect(message).not.toMatch(/AAEC|Ciphertext/);
  });
});

describe('UpdateItem without the SDK’s middleware', () => {
  const update: UpdateItemCommandInput = {
    TableName: 'Orders',
    Key: { id: { S: 'Zoë' }, part: { B: Buffer.from([0, 255]) } },
    UpdateExpression: 'SET #a = :new',
    ConditionExpression: '#a = :old',
    ExpressionAttributeNames: { '#a': 'edk' },
    ExpressionAttributeValues: {
      ':new': { B: Buffer.from([1, 2]) },
      ':old': {
        M: { a: { L: [{ NULL: true }, { N: '1' }, { BS: [Buffer.from([3])] }] }, b: { BOOL: false } },
      },
    },
  };

  async function both(
    script: readonly Answer[],
  ): Promise<readonly { outcome: unknown; bodies: unknown[] }[]> {
    const told: { outcome: unknown; bodies: unknown[] }[] = [];
    const config = { endpoint, region: 'us-east-1', credentials };
    const clients = new AwsClients(config);
    const sdk = withNamedCalls(new DynamoDBClient({ ...config, maxAttempts: 6 }), 'dynamodb');
    for (const send of [
      (input: UpdateItemCommandInput) => sdk.send(new UpdateItemCommand(input)),
      clients.lean(clients.dynamodb(), UPDATE_ITEM),
    ]) {
      server.play(script);
      const outcome = await send(update).then(() => 'written', described);
      told.push({ outcome, bodies: server.seen.map(({ body }) => JSON.parse(body) as unknown) });
    }
    return told;
  }

  it.each<[string, Answer[]]>([
    ['an answer', []],
    ['a condition that does not hold', [refusal('ConditionalCheckFailedException')]],
    ['a throttle, and then an answer', [refusal('ProvisionedThroughputExceededException')]],
    ['an item that has become too large', [refusal('ValidationException')]],
  ])('sends the same body, and has the same end: %s', async (_, script) => {
    const [sdk, lean] = await both(script);
    expect(lean).toEqual(sdk);
  });
});

describe('BatchExecuteStatement without the SDK’s middleware', () => {
  const batch: BatchExecuteStatementCommandInput = {
    Statements: [
      {
        Statement: 'UPDATE "Orders" SET "edk"=? WHERE "id"=? AND "edk"=?',
        Parameters: [{ B: Buffer.from([0, 255]) }, { S: 'Zoë' }, { M: { a: { L: [{ NULL: true }] } } }],
      },
      { Statement: 'UPDATE "Orders" REMOVE "edk" WHERE "n"=?', Parameters: [{ N: '1' }] },
    ],
    ReturnConsumedCapacity: 'TOTAL',
  };
  const config = () => ({ endpoint, region: 'us-east-1', credentials });

  it('sends the same body as the SDK', async () => {
    const clients = new AwsClients(config());
    const bodies: unknown[] = [];
    for (const send of [
      () => new DynamoDBClient(config()).send(new BatchExecuteStatementCommand(batch)),
      () => clients.lean(clients.dynamodb(), BATCH_EXECUTE_STATEMENT)(batch),
    ]) {
      server.play([{ status: 200, body: '{"Responses":[{},{}]}' }]);
      await send();
      bodies.push(JSON.parse(server.seen[0]!.body));
    }
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it.each<[string, object]>([
    ['{"Responses":[]}', { codes: [], units: undefined }],
    [
      '{"Responses":[{"TableName":"Orders"},{"Error":{"Code":"ThrottlingError","Message":"x"}},{"Error":{}}]}',
      { codes: [undefined, 'ThrottlingError', ''], units: undefined },
    ],
    [
      '{"Responses":[{}],"ConsumedCapacity":[{"CapacityUnits":2.5},{"CapacityUnits":1},{"CapacityUnits":"x"}]}',
      { codes: [undefined], units: 3.5 },
    ],
  ])('reads of an answer what became of each statement, and what all took: %s', async (body, read) => {
    const clients = new AwsClients(config());
    server.play([{ status: 200, body }]);
    expect(await clients.lean(clients.dynamodb(), BATCH_EXECUTE_STATEMENT)(batch)).toMatchObject(read);
  });

  it.each(['', '{}', '{"Responses":{}}', '{"Responses":[null]}'])('reads nothing of %j', async body => {
    const clients = new AwsClients(config());
    server.play([{ status: 200, body }]);
    const outcome = clients.lean(clients.dynamodb(), BATCH_EXECUTE_STATEMENT)(batch);
    await expect(outcome).rejects.toMatchObject({ name: 'UnreadableAnswer' });
  });
});
