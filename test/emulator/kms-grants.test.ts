import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  KMSClient,
  ListGrantsCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  type CreateGrantCommandInput,
  type CreateKeyCommandInput,
  type RetireGrantCommandInput,
  type ListGrantsCommandInput,
} from '@aws-sdk/client-kms';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const GRANTEE = `${ACCOUNT}:role/worker`;

describe('grants of KMS on loopback', () => {
  let aws: Embedded;
  let kms: KMSClient;
  beforeAll(async () => {
    aws = await embedded();
    kms = aws.kms;
  });
  afterAll(() => aws.stop());

  const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
    (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
  const grant = (KeyId: string, more: Partial<CreateGrantCommandInput> = {}) =>
    kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: GRANTEE, Operations: ['Encrypt'], ...more }));
  const listed = async (KeyId: string, more: Partial<ListGrantsCommandInput> = {}) =>
    (await kms.send(new ListGrantsCommand({ KeyId, ...more }))).Grants!;

  it('are one where name and all else are equal, and their tokens work alike', async () => {
    const key = await create();
    const [first, again] = [await grant(key, { Name: 'n' }), await grant(key, { Name: 'n' })];
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    for (const GrantToken of [first.GrantToken!, again.GrantToken!])
      expect(
        await errorName(
          kms.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.of(1), GrantTokens: [GrantToken] })),
        ),
      ).toBe('none');
    const others = [
      await grant(key, { Name: 'n', Operations: ['Decrypt'] }),
      await grant(key),
      await grant(key),
      await grant(await create(), { Name: 'n' }),
    ];
    expect(new Set([first, ...others].map(({ GrantId }) => GrantId)).size).toBe(5);
    await kms.send(new RetireGrantCommand({ GrantToken: again.GrantToken }));
    expect(await listed(key, { GrantId: first.GrantId })).toEqual([]);
  });

  it('are listed with who issued and who retires them, by id or grantee', async () => {
    const key = await create();
    const { GrantId } = await grant(key, { RetiringPrincipal: `${ACCOUNT}:role/desk` });
    await grant(key, { GranteePrincipal: `${ACCOUNT}:role/other` });
    const one = [{ GrantId, RetiringPrincipal: `${ACCOUNT}:role/desk`, IssuingAccount: `${ACCOUNT}:root` }];
    expect(await listed(key, { GrantId })).toMatchObject(one);
    expect(await listed(key, { GranteePrincipal: GRANTEE })).toMatchObject(one);
    expect(await listed(key)).toHaveLength(2);
  });

  it('are for what the key can do, while it can be used', async () => {
    const key = await create();
    const failing = (more: object) => errorName(grant(key, more));
    expect(await failing({ Operations: ['Sign'] })).toBe('ValidationException');
    expect(await failing({ Operations: ['Everything'] })).toBe('ValidationException');
    expect(await failing({ Operations: undefined })).toBe('ValidationException');
    expect(await failing({ DryRun: true })).toBe('DryRunOperationException');
    const signing = await create({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(await errorName(grant(signing, { Operations: ['Sign', 'GetPublicKey'] }))).toBe('none');
    await kms.send(new DisableKeyCommand({ KeyId: key }));
    expect(await failing({})).toBe('DisabledException');
    expect(await listed(key)).toEqual([]);
  });

  it('are refused where the embedded AWS would allow more than AWS', async () => {
    const Constraints = { SourceArn: 'arn:aws:s3:::bucket' } as object;
    expect(await errorName(grant(await create(), { Constraints }))).toBe('UnsupportedOperationException');
  });

  it('let their grantee describe the key, whatever the encryption context', async () => {
    const key = await create();
    const credentials = aws.aws.createUser('described', []);
    const theirs = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    const Constraints = { EncryptionContextEquals: { tenant: 'acme' } };
    await grant(key, {
      GranteePrincipal: `${ACCOUNT}:user/described`,
      Operations: ['DescribeKey', 'Encrypt'],
      Constraints,
    });
    expect(await errorName(theirs.send(new DescribeKeyCommand({ KeyId: key })))).toBe('none');
    const encrypt = new EncryptCommand({ KeyId: key, Plaintext: Buffer.of(1) });
    expect(await errorName(theirs.send(encrypt))).toBe('AccessDeniedException');
    theirs.destroy();
  });

  it('end by their token, or by their id together with their key', async () => {
    const [key, other] = [await create(), await create()];
    const { GrantId } = await grant(key);
    const retire = (input: RetireGrantCommandInput) => errorName(kms.send(new RetireGrantCommand(input)));
    expect(await retire({})).toBe('ValidationException');
    expect(await retire({ GrantId })).toBe('ValidationException');
    expect(await retire({ GrantId, KeyId: other })).toBe('NotFoundException');
    const revoke = new RevokeGrantCommand({ KeyId: key, GrantId, DryRun: true });
    expect(await errorName(kms.send(revoke))).toBe('DryRunOperationException');
    expect(await retire({ GrantId, KeyId: key })).toBe('none');
    expect(await listed(key)).toEqual([]);
  });
});
