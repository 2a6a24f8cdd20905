import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { OLD_KEY } from '../support/builders.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

/** The embedded AWS has keys of customers only, so the answer of DescribeKey (KMS API reference, KeyMetadata) is a script. */
describe('a key as KMS describes it', () => {
  const server = new ScriptedServer();
  let keys: KmsKeyCatalog;
  beforeAll(async () => {
    const endpoint = await server.start();
    const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
    keys = new KmsKeyCatalog(new KmsChannel({ endpoint, region: 'us-east-1', credentials, patienceMs: [] }));
  });
  afterAll(() => server.stop());

  it.each<[string, true | undefined]>([
    ['AWS', true],
    ['CUSTOMER', undefined],
  ])('whose manager is %s', async (KeyManager, awsManaged) => {
    const KeyMetadata = { KeyId: OLD_KEY, Arn: OLD_KEY, KeyState: 'Enabled', KeyManager };
    server.play([{ status: 200, body: JSON.stringify({ KeyMetadata }) }]);
    const lookup = await keys.describeKey(OLD_KEY);
    expect(lookup).toMatchObject({ kind: 'found', key: { arn: OLD_KEY } });
    expect(lookup.kind === 'found' && lookup.key.awsManaged).toBe(awsManaged);
  });
});
