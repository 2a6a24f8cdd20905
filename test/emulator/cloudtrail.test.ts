import { gunzipSync } from 'node:zlib';
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Trail } from '../../emulator/cloudtrail/trails.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';

interface Entry {
  readonly eventName: string;
  readonly eventID: string;
  readonly sharedEventID?: string;
  readonly errorCode?: string;
  readonly recipientAccountId: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly { readonly ARN: string }[];
}

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const NOW = Date.UTC(2026, 10, 28, 9, 5, 7);

describe('CloudTrail on loopback', () => {
  let aws: Embedded;
  let key: string;
  let other: string;

  beforeEach(async () => {
    aws = await embedded({ now: () => NOW });
    [key, other] = [await createKey(aws.kms), await createKey(aws.kms)];
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'trail' }));
  });
  afterEach(() => aws.stop());

  const trail = (changes: Partial<Trail> = {}) =>
    aws.aws.trails.create({ accountId: ACCOUNT, bucket: 'trail', ...changes });

  async function delivered(
    Bucket = 'trail',
  ): Promise<{ keys: readonly string[]; entries: readonly Entry[] }> {
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
    const entries: Entry[] = [];
    for (const { Key } of Contents) {
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
      const text = gunzipSync(await Body!.transformToByteArray()).toString('utf8');
      entries.push(...(JSON.parse(text) as { readonly Records: readonly Entry[] }).Records);
    }
    return { keys: Contents.map(({ Key }) => Key!), entries };
  }

  const dataKey = async (KeyId: string, client = aws.kms) =>
    (
      await client.send(
        new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: { tenant: 'acme' } }),
      )
    ).CiphertextBlob!;

  it('delivers files at the documented path, under prefix and organization, of each Region', async () => {
    trail({ prefix: 'logs', organizationId: 'o-abcdefghij' });
    await dataKey(key);
    const europe = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
    await europe.send(new CreateKeyCommand({}));
    europe.destroy();
    const { keys } = await delivered();
    expect(keys).toEqual(
      ['eu-west-1', 'us-east-1'].map((region): unknown =>
        expect.stringMatching(
          `^logs/AWSLogs/o-abcdefghij/${ACCOUNT}/CloudTrail/${region}/2026/11/28/${ACCOUNT}_CloudTrail_${region}_20261128T0905Z_[0-9a-f]{16}\\.json\\.gz$`,
        ),
      ),
    );
  });

  it('names the key of a Decrypt that names none, the context, and the key material, and omits what is secret', async () => {
    trail();
    const CiphertextBlob = await dataKey(key);
    await aws.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { tenant: 'acme' } }));
    const { entries } = await delivered();
    expect(entries).toMatchObject([
      { eventName: 'GenerateDataKey' },
      {
        eventName: 'Decrypt',
        eventTime: '2026-11-28T09:05:07Z',
        eventSource: 'kms.amazonaws.com',
        userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/local` },
        requestParameters: { encryptionContext: { tenant: 'acme' } },
        additionalEventData: { keyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) },
        resources: [{ ARN: key, type: 'AWS::KMS::Key', accountId: ACCOUNT }],
        readOnly: true,
        recipientAccountId: ACCOUNT,
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(Buffer.from(CiphertextBlob).toString('base64'));
  });

  it('names both keys of a ReEncrypt, the source first', async () => {
    const CiphertextBlob = await dataKey(key);
    trail();
    const SourceEncryptionContext = { tenant: 'acme' };
    await aws.kms.send(
      new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext, DestinationKeyId: other }),
    );
    const { entries } = await delivered();
    expect(entries[0]!.resources!.map(({ ARN }) => ARN)).toEqual([key, other]);
    expect(Object.keys(entries[0]!.additionalEventData!)).toEqual([
      'sourceKeyMaterialId',
      'destinationKeyMaterialId',
    ]);
  });

  it('has failures with their code, and AccessDenied without its suffix', async () => {
    trail();
    const nobody = aws.aws.createUser('nobody', []);
    const client = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials: nobody });
    const Plaintext = Buffer.from('p');
    expect(await errorName(client.send(new EncryptCommand({ KeyId: key, Plaintext })))).toBe(
      'AccessDeniedException',
    );
    client.destroy();
    const garbage = new DecryptCommand({ CiphertextBlob: Buffer.from('none') });
    expect(await errorName(aws.kms.send(garbage))).toBe('InvalidCiphertextException');
    const { entries } = await delivered();
    expect(entries.map(({ errorCode, resources }) => [errorCode, resources?.length])).toEqual([
      ['AccessDenied', 1],
      ['InvalidCiphertextException', undefined],
    ]);
  });

  it('names the role of a session, and the event that GetKeyLastUsage names', async () => {
    trail();
    const role = `arn:aws:iam::${ACCOUNT}:role/service/orders`;
    const policy = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
    aws.aws.iam.identities.create(role);
    aws.aws.iam.identities.putInline(role, 'all', { Version: '2012-10-17', Statement: [policy] });
    const credentials = aws.aws.assume(role);
    const client = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    await dataKey(key, client);
    client.destroy();
    const { entries } = await delivered();
    expect(entries[0]!.userIdentity).toMatchObject({
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/session`,
      sessionContext: { sessionIssuer: { arn: role } },
    });
    const { KeyLastUsage } = await aws.kms.send(new GetKeyLastUsageCommand({ KeyId: key }));
    expect(KeyLastUsage!.CloudTrailEventId).toBe(entries[0]!.eventID);
  });

  it('has what S3 does with a key for its caller', async () => {
    trail();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'sealed' }));
    await aws.s3.send(
      new PutObjectCommand({
        ...{ Bucket: 'sealed', Key: 'a', Body: 'x' },
        ...{ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key },
      }),
    );
    expect((await delivered()).entries).toMatchObject([
      {
        eventName: 'GenerateDataKey',
        userIdentity: { type: 'IAMUser', invokedBy: 's3.amazonaws.com' },
        requestParameters: { encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::sealed/a' } },
        resources: [{ ARN: key }],
      },
    ]);
  });

  it('shows a call with a key of another account to both, and to the owner without the name of the caller', async () => {
    trail();
    const guest = { accessKeyId: OTHER, secretAccessKey: 'x' };
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'guest-trail' }));
    trail({ accountId: OTHER, bucket: 'guest-trail' });
    const allow = {
      ...{ Sid: 'all', Effect: 'Allow', Action: 'kms:*', Resource: '*' },
      Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${OTHER}:root`] },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
    await aws.kms.send(new PutKeyPolicyCommand({ KeyId: key, Policy }));
    const client = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials: guest });
    await dataKey(key, client);
    client.destroy();
    const [owner] = (await delivered()).entries.filter(({ eventName }) => eventName === 'GenerateDataKey');
    const [caller] = (await delivered('guest-trail')).entries;
    expect([owner!.userIdentity['type'], owner!.userIdentity['accountId']]).toEqual(['AWSAccount', OTHER]);
    expect(owner!.userIdentity['arn']).toBeUndefined();
    expect(caller!.userIdentity['arn']).toBe(`arn:aws:iam::${OTHER}:user/local`);
    expect(owner!.sharedEventID).toBe(caller!.sharedEventID);
    expect(owner!.eventID).not.toBe(caller!.eventID);
  });

  it('delivers nothing of KMS where the selectors of the trail leave it out, and everything once', async () => {
    trail({ excludesKms: true });
    await dataKey(key);
    expect((await delivered()).keys).toEqual([]);
    trail();
    await dataKey(key);
    expect((await delivered()).entries).toHaveLength(1);
    expect((await delivered()).entries).toHaveLength(1);
  });

  it('can be made, and asked to deliver, from another process', async () => {
    const post = async (path: string, body: object): Promise<unknown> =>
      (
        await fetch(`${aws.endpoint}/_embedded/${path}`, { method: 'POST', body: JSON.stringify(body) })
      ).json();
    await post('trails', { accountId: ACCOUNT, bucket: 'trail' });
    await dataKey(key);
    expect(await post('deliver-trails', {})).toEqual({ files: [expect.stringContaining('/CloudTrail/')] });
  });
});
