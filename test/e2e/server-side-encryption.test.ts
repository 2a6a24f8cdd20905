import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  PutBucketEncryptionCommand,
  PutObjectCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';
import { FormatWorld } from '../support/format-world.ts';

const Bucket = 'payloads';
const names = ['a', 'b', 'c'];
let world: FormatWorld;
let [source, destination] = ['', ''];
beforeEach(async () => {
  world = await FormatWorld.for('object-metadata');
  source = await world.arnOf(world.source);
  destination = await world.arnOf(world.job.destination.key);
  await world.bucket(Bucket);
});
afterEach(() => world.stop());

/** Data keys under the old key, in objects that S3 encrypts with `sealing`. */
async function fill(sealing: string): Promise<void> {
  for (const name of names) {
    const Key = `files/${name}`;
    const { ciphertext } = await world.dataKey({ object: Key, tenant: 't' });
    await world.aws.s3.send(
      new PutObjectCommand({
        ...{ Bucket, Key, Body: name, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sealing },
        Metadata: { 'data-key': ciphertext.toString('base64'), tenant: 't', 'kms-key-arn': source },
      }),
    );
  }
}

const job = (serverSideEncryptionKey: string) => ({
  ...world.job,
  stores: (world.job as unknown as { stores: readonly object[] }).stores.map(store => ({
    ...store,
    serverSideEncryptionKey,
  })),
});

const encrypt = (KMSMasterKeyID: string) =>
  world.aws.s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } }],
      },
    }),
  );

it('a key whose data keys have all moved is kept while S3 itself encrypts objects with it', async () => {
  await fill(source);
  const { code, report, advice } = await world.player.play(job(source));
  expect([code, report.verdict, report.remaining]).toEqual([0, 'proven', 0]);
  expect(report.stores[0]?.serverSideEncrypted).toEqual([{ keyArn: source, objects: 3 }]);
  expect(advice.verdict).toBe('keep');
  expect(advice.findings).toContainEqual({
    weight: 'blocks',
    about: 's3:us-east-1:payloads/files/',
    words: expect.stringMatching(
      /^S3 itself encrypts 3 objects there with this key, and can give out none of them without it \(run /,
    ) as string,
  });
});

it('and may go once S3 has moved them, and a run has seen that', async () => {
  await fill(source);
  await world.player.play(job(source));
  for (const name of names)
    await world.aws.s3.send(
      new UpdateObjectEncryptionCommand({
        ...{ Bucket, Key: `files/${name}` },
        ObjectEncryption: { SSEKMS: { KMSKeyArn: destination } },
      }),
    );
  const { report, advice } = await world.player.play({ ...job(destination), name: 'again' });
  expect(report.stores[0]?.serverSideEncrypted).toEqual([]);
  expect([report.verdict, advice.verdict]).toEqual(['proven', 'disable']);
});

it('a key that the bucket gives to new objects is kept, whatever name the bucket has for it', async () => {
  const other = await world.aws.kms.send(new CreateKeyCommand({}));
  await fill(other.KeyMetadata!.Arn!);
  await encrypt(world.source);
  const { report, advice } = await world.player.play(job(other.KeyMetadata!.Arn!));
  expect(report.stores[0]?.serverSideEncrypted).toEqual([]);
  expect(advice.verdict).toBe('keep');
  expect(advice.findings.filter(({ weight }) => weight === 'blocks')).toEqual([
    expect.objectContaining({ about: 's3:us-east-1:payloads' }),
  ]);
});
