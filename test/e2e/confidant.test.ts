import { EncryptCommand } from '@aws-sdk/client-kms';
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { FormatWorld, type Item } from '../support/format-world.ts';

let world: FormatWorld;
afterEach(() => world.stop());

/** As cryptography.fernet: version, time, vector, AES-128-CBC, and an HMAC over all of it. */
function sealed(text: string, fernetKey: string): string {
  const key = Buffer.from(fernetKey, 'base64url');
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16), iv);
  const head = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(8), iv, cipher.update(text), cipher.final()]);
  const mac = createHmac('sha256', key.subarray(0, 16)).update(head).digest();
  return Buffer.concat([head, mac]).toString('base64url');
}

function opened(token: string, fernetKey: string): string {
  const key = Buffer.from(fernetKey, 'base64url');
  const bytes = Buffer.from(token, 'base64url');
  const head = bytes.subarray(0, -32);
  expect(createHmac('sha256', key.subarray(0, 16)).update(head).digest()).toEqual(bytes.subarray(-32));
  const cipher = createDecipheriv('aes-128-cbc', key.subarray(16), head.subarray(9, 25));
  return Buffer.concat([cipher.update(head.subarray(25)), cipher.final()]).toString();
}

/** As confidant/routes/credentials.py stores a credential: the current row, and one for its revision. */
async function saved(id: string, revision: number, { asBytes = false } = {}): Promise<readonly Item[]> {
  const fernetKey = randomBytes(32).toString('base64url');
  const { CiphertextBlob } = await world.aws.kms.send(
    new EncryptCommand({
      ...{ KeyId: world.source, Plaintext: Buffer.from(fernetKey), EncryptionContext: { id } },
    }),
  );
  const edk = Buffer.from(CiphertextBlob!);
  const common = {
    revision: { N: String(revision) },
    data_key: { B: asBytes ? edk : Buffer.from(edk.toString('base64')) },
    credential_pairs: { S: sealed(`{"of":"${id} ${revision}"}`, fernetKey) },
  };
  return [
    { id: { S: `${id}-${revision}` }, data_type: { S: 'archive-credential' }, ...common },
    { id: { S: id }, data_type: { S: 'credential' }, ...common },
  ];
}

/** As confidant/models/credential.py reads it. */
async function read({ id, data_type, data_key, credential_pairs }: Item): Promise<string> {
  const rowId = id?.S ?? '';
  const stored = Buffer.from(data_key!.B!);
  const edk = stored[0] === 1 ? stored : Buffer.from(stored.toString(), 'base64');
  const context = data_type?.S === 'credential' ? rowId : rowId.split('-')[0]!;
  const fernetKey = await world.decrypt(edk, { id: context });
  return opened(credential_pairs?.S ?? '', fernetKey.toString());
}

it('every credential and every revision opens after the example job, with the old key disabled', async () => {
  world = await FormatWorld.for('confidant');
  const first = await saved('0a1b', 1);
  const second = await saved('0a1b', 2);
  const bytes = await saved('2c3d', 1, { asBytes: true });
  const service = { id: { S: 'orders' }, data_type: { S: 'service' }, credentials: { SS: ['0a1b'] } };
  await world.table('confidant', [...first, ...second, ...bytes, service]);

  const { code, report, advice } = await world.moved();

  expect([code, report.remaining, advice.verdict]).toEqual([0, 0, 'disable']);
  expect(report.stores[0]).toMatchObject({ withoutDataKey: 1, outcomes: { rewrapped: 5 } });
  const items = await world.items('confidant');
  const rows = items.filter(({ data_key }) => data_key !== undefined);
  const texts = await Promise.all(rows.map(read));
  expect(texts.sort()).toEqual(
    ['0a1b 1', '0a1b 2', '0a1b 2', '2c3d 1', '2c3d 1'].map(of => `{"of":"${of}"}`),
  );
  expect(items).toContainEqual(service);
});
