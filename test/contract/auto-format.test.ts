import { CreateTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { JobPlayer } from '../support/play-job.ts';

let aws: Embedded;
let keys: { readonly from: string; readonly to: string };
const CONTEXT = { tenant: 'acme' };

beforeAll(async () => {
  aws = await embedded();
  keys = { from: await createKey(aws.kms), to: await createKey(aws.kms) };
  await aws.dynamodb.send(
    new CreateTableCommand({
      ...{ TableName: 'Orders', BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (const id of ['a', 'b', 'c']) {
    const command = new GenerateDataKeyWithoutPlaintextCommand({
      ...{ KeyId: keys.from, NumberOfBytes: 32, EncryptionContext: CONTEXT },
    });
    const { CiphertextBlob: edk } = await aws.kms.send(command);
    const Item = { id: { S: id }, edk: { B: edk! }, arn: { S: keys.from }, tenant: { S: 'acme' } };
    await aws.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
  }
});
afterAll(() => aws.stop());

const job = (format: object): object => ({
  ...{ name: 'orders', source: { keys: [keys.from] }, destination: { key: keys.to } },
  stores: [{ type: 'dynamodb', table: 'Orders', format }],
});

it('a job whose format is auto moves what was found, and says what to write before the key may go', async () => {
  const player = new JobPlayer(aws);
  const encryptionContext = { tenant: { attribute: 'tenant' } };
  const { code, plan, report, advice } = await player.play(job({ type: 'auto', encryptionContext }));
  expect(code).toBe(0);
  expect(report.stores[0]?.outcomes['rewrapped']).toBe(3);
  const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName: 'Orders' }));
  for (const { edk, arn } of Items) {
    expect(arn).toEqual({ S: keys.to });
    const opened = await aws.kms.send(
      new DecryptCommand({ CiphertextBlob: edk!.B!, KeyId: keys.to, EncryptionContext: CONTEXT }),
    );
    expect(opened.KeyId).toBe(keys.to);
  }
  // Which format the table has now is not known: another one may have come since.
  expect(advice.verdict).toBe('keep');
  expect(advice.findings).toContainEqual({
    weight: 'blocks',
    about: expect.stringContaining('Orders'),
    words: expect.stringContaining('auto'),
  });
  const named = await player.play(job(plan.stores[0]!.format), 'verify');
  expect(named.advice.verdict).toBe('disable');
});
