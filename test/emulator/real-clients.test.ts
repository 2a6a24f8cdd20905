import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { awsCredstash } from '../interop/clients/aws-credstash.ts';
import { branchKeystoreNode } from '../interop/clients/branch-keystore-node.ts';
import type { Written } from '../interop/client.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';

/** Software of others meets the embedded AWS as it is. */
describe.each([awsCredstash, branchKeystoreNode])('$name', client => {
  let aws: Embedded;
  let keyArn: string;
  let written: Written;
  beforeAll(async () => {
    aws = await embedded();
    keyArn = await createKey(aws.kms);
    written = await client.write({ endpoint: aws.endpoint, keyArn });
  });
  afterAll(() => aws.stop());

  it('reads what it wrote', async () => {
    expect(written.dataKeys).toBeGreaterThan(3);
    await expect(client.read({ endpoint: aws.endpoint, keyArn }, written)).resolves.toBeUndefined();
  });

  it('reads nothing when its key is disabled', async () => {
    await aws.kms.send(new DisableKeyCommand({ KeyId: keyArn }));
    await expect(client.read({ endpoint: aws.endpoint, keyArn }, written)).rejects.toThrow();
  });
});
