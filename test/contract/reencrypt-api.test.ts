import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  ReEncryptRequest$ as requestShape,
  ReEncryptResponse$ as responseShape,
  ScheduleKeyDeletionCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { KmsKeyCatalog } from '../../lambda/adapters/kms-catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms-channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms.ts';
import type { EncryptionAlgorithm } from '../../lambda/core/model/key-use.ts';
import type { ReEncryptAnswer, ReEncryptRequest, RequestSide } from '../../lambda/core/ports.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const CONTEXT = { tenant: 'acme' };
const OTHER_CONTEXT = { tenant: 'acme', purpose: 'orders' };
const PLAINTEXT = Buffer.from('a data key of thirty-two bytes..');

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
  (await aws.kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
const service = (grantTokens: readonly string[] = []): KmsKeyService => {
  const keys = new KmsKeyService(new KmsChannel({ endpoint: aws.endpoint, grantTokens, patienceMs: [] }));
  keys.pace(1_000);
  return keys;
};
const side = (
  keyArn: string,
  context: RequestSide['context'] = CONTEXT,
  encryptionAlgorithm: EncryptionAlgorithm = 'SYMMETRIC_DEFAULT',
): RequestSide => ({ keyArn, context, encryptionAlgorithm });
const encrypt = async ({ keyArn, context, encryptionAlgorithm }: RequestSide): Promise<Uint8Array> =>
  (
    await aws.kms.send(
      new EncryptCommand({
        KeyId: keyArn,
        Plaintext: PLAINTEXT,
        EncryptionContext: { ...context },
        EncryptionAlgorithm: encryptionAlgorithm,
      }),
    )
  ).CiphertextBlob!;
const decrypt = async (CiphertextBlob: Uint8Array, { keyArn, context, encryptionAlgorithm }: RequestSide) =>
  Buffer.from(
    (
      await aws.kms.send(
        new DecryptCommand({
          CiphertextBlob,
          KeyId: keyArn,
          EncryptionContext: { ...context },
          EncryptionAlgorithm: encryptionAlgorithm,
        }),
      )
    ).Plaintext!,
  );

/** A request from one new symmetric key to another, or as the changes say. */
async function requestOf(changes: Partial<ReEncryptRequest> = {}): Promise<ReEncryptRequest> {
  const source = changes.source ?? side(await create());
  const destination = changes.destination ?? side(await create());
  return { ciphertext: changes.ciphertext ?? (await encrypt(source)), source, destination };
}

async function reEncrypted(request: ReEncryptRequest, keys = service()) {
  const answer: ReEncryptAnswer = await keys.reEncrypt(request);
  if (answer.kind !== 're-encrypted') throw new Error(`not re-encrypted: ${answer.kind}`);
  return answer;
}

type Row = readonly [member: string, behaviour: string, holds: () => Promise<void>];

const REQUEST: readonly Row[] = [
  [
    'CiphertextBlob',
    'is the data key that comes out again, byte for byte, and under the destination',
    async () => {
      const request = await requestOf();
      const { ciphertext } = await reEncrypted(request);
      expect(await decrypt(ciphertext, request.destination)).toEqual(PLAINTEXT);
      expect(Buffer.from(ciphertext)).not.toEqual(Buffer.from(request.ciphertext));
    },
  ],
  [
    'SourceKeyId',
    'is always given, so that the ciphertext of any other key is refused',
    async () => {
      const ciphertext = await encrypt(side(await create()));
      expect(await service().reEncrypt(await requestOf({ ciphertext }))).toEqual({ kind: 'incorrect-key' });
    },
  ],
  [
    'SourceEncryptionContext',
    'must be the one of the ciphertext, an empty one included',
    async () => {
      const source = side(await create(), {});
      expect(await service().reEncrypt(await requestOf({ source }))).toMatchObject({ kind: 're-encrypted' });
      const ciphertext = await encrypt(source);
      const wrong = { ...source, context: CONTEXT };
      expect(await service().reEncrypt(await requestOf({ ciphertext, source: wrong }))).toEqual({
        kind: 'invalid-ciphertext',
      });
    },
  ],
  [
    'DestinationKeyId',
    'is the only key that opens what comes out',
    async () => {
      const request = await requestOf();
      const { ciphertext, destination } = await reEncrypted(request);
      expect(destination.keyArn).toBe(request.destination.keyArn);
      expect(await errorName(decrypt(ciphertext, request.source))).toBe('IncorrectKeyException');
    },
  ],
  [
    'DestinationEncryptionContext',
    'may be another one, under the same key as well, and is then the only one that opens it',
    async () => {
      const source = side(await create());
      const destination = { ...source, context: OTHER_CONTEXT };
      const { ciphertext } = await reEncrypted(await requestOf({ source, destination }));
      expect(await decrypt(ciphertext, destination)).toEqual(PLAINTEXT);
      expect(await errorName(decrypt(ciphertext, source))).toBe('InvalidCiphertextException');
    },
  ],
  [
    'SourceEncryptionAlgorithm',
    'takes data keys out of RSA keys, with the padding that they were encrypted with and no other',
    async () => {
      const key = await create({ KeySpec: 'RSA_2048' });
      for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const) {
        const source = side(key, {}, algorithm);
        const other = algorithm === 'RSAES_OAEP_SHA_1' ? 'RSAES_OAEP_SHA_256' : 'RSAES_OAEP_SHA_1';
        const request = await requestOf({ source });
        const { ciphertext } = await reEncrypted(request);
        expect(await decrypt(ciphertext, request.destination)).toEqual(PLAINTEXT);
        const wrong = { ...request, source: side(key, {}, other) };
        expect(await service().reEncrypt(wrong)).toEqual({ kind: 'invalid-ciphertext' });
      }
    },
  ],
  [
    'DestinationEncryptionAlgorithm',
    'puts data keys under RSA keys, without a context',
    async () => {
      const key = await create({ KeySpec: 'RSA_2048' });
      for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const) {
        const destination = side(key, {}, algorithm);
        const { ciphertext } = await reEncrypted(await requestOf({ destination }));
        expect(await decrypt(ciphertext, destination)).toEqual(PLAINTEXT);
      }
    },
  ],
  [
    'GrantTokens',
    'go with every request of a run that has some',
    async () => {
      const request = await requestOf();
      const { GrantToken } = await aws.kms.send(
        new CreateGrantCommand({
          KeyId: request.source.keyArn,
          GranteePrincipal: 'arn:aws:iam::111122223333:role/worker',
          Operations: ['ReEncryptFrom'],
        }),
      );
      await reEncrypted(request, service([GrantToken!]));
      await expect(service(['made up']).reEncrypt(request)).rejects.toThrow(
        'start the job again with tokens of grants that are there',
      );
    },
  ],
  [
    'DryRun',
    'checks everything about a data key and makes nothing',
    async () => {
      const request = await requestOf();
      expect(await service().tryReEncrypt(request)).toEqual({ kind: 'would-re-encrypt' });
      expect(await service().tryReEncrypt({ ...request, source: side(request.destination.keyArn) })).toEqual({
        kind: 'incorrect-key',
      });
      const wrong = { ...request.source, context: {} };
      expect(await service().tryReEncrypt({ ...request, source: wrong })).toEqual({
        kind: 'invalid-ciphertext',
      });
    },
  ],
  [
    'DryRunModifiers',
    'let Plan ask for permission without a ciphertext, for keys of any algorithm',
    async () => {
      const catalog = new KmsKeyCatalog(new KmsChannel({ endpoint: aws.endpoint, patienceMs: [] }));
      const { source } = await requestOf();
      const rsa = side(await create({ KeySpec: 'RSA_2048' }), {}, 'RSAES_OAEP_SHA_256');
      expect(await catalog.mayReEncrypt(source, rsa)).toEqual({ kind: 'allowed' });
      await aws.kms.send(new DisableKeyCommand({ KeyId: rsa.keyArn }));
      expect(await catalog.mayReEncrypt(source, rsa)).toMatchObject({ kind: 'denied' });
    },
  ],
];

const RSA = { KeySpec: 'RSA_2048' } as const;

const RESPONSE: readonly Row[] = [
  [
    'CiphertextBlob',
    'is what will be written',
    async () => expect((await reEncrypted(await requestOf())).ciphertext.length).toBeGreaterThan(0),
  ],
  [
    'SourceKeyId',
    'is the ARN of the key that the data key was under',
    async () => {
      const request = await requestOf();
      expect((await reEncrypted(request)).source.keyArn).toBe(request.source.keyArn);
    },
  ],
  [
    'KeyId',
    'is the ARN of the key that it is under now',
    async () => {
      const request = await requestOf();
      expect((await reEncrypted(request)).destination.keyArn).toBe(request.destination.keyArn);
    },
  ],
  [
    'SourceEncryptionAlgorithm',
    'is the one that was asked for',
    async () => {
      const source = side(await create(RSA), {}, 'RSAES_OAEP_SHA_1');
      expect((await reEncrypted(await requestOf({ source }))).sourceAlgorithm).toBe('RSAES_OAEP_SHA_1');
    },
  ],
  [
    'DestinationEncryptionAlgorithm',
    'is the one that was asked for',
    async () => {
      const destination = side(await create(RSA), {}, 'RSAES_OAEP_SHA_256');
      expect((await reEncrypted(await requestOf({ destination }))).destinationAlgorithm).toBe(
        'RSAES_OAEP_SHA_256',
      );
    },
  ],
  [
    'SourceKeyMaterialId',
    'names the key material of a symmetric source, and is absent for an asymmetric one',
    async () => {
      expect((await reEncrypted(await requestOf())).source.keyMaterialId).toMatch(/^[0-9a-f]{64}$/);
      const source = side(await create(RSA), {}, 'RSAES_OAEP_SHA_1');
      expect((await reEncrypted(await requestOf({ source }))).source.keyMaterialId).toBeUndefined();
    },
  ],
  [
    'DestinationKeyMaterialId',
    'names the key material of a symmetric destination, and is absent for an asymmetric one',
    async () => {
      expect((await reEncrypted(await requestOf())).destination.keyMaterialId).toMatch(/^[0-9a-f]{64}$/);
      const destination = side(await create(RSA), {}, 'RSAES_OAEP_SHA_1');
      expect((await reEncrypted(await requestOf({ destination }))).destination.keyMaterialId).toBeUndefined();
    },
  ],
];

/** An error of KMS's servers goes away: one of them costs a retry and nothing else. */
const riddenOut = (error: string) => async (): Promise<void> => {
  aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error, status: 500, count: 1 });
  const keys = service();
  await reEncrypted(await requestOf(), keys);
  expect(keys.takeUsage().requests).toBe(2);
};

const breaks = (cure: string, spoil: (request: ReEncryptRequest) => Promise<unknown>) => async () => {
  const request = await requestOf();
  await spoil(request);
  await expect(service().reEncrypt(request)).rejects.toMatchObject({
    name: 'PremiseBroken',
    message: expect.stringContaining(cure),
  });
};

const ERRORS: readonly Row[] = [
  ['DependencyTimeoutException', 'is ridden out', riddenOut('DependencyTimeoutException')],
  [
    'DisabledException',
    'breaks the premise of the run',
    breaks('enable the key, then start the job again', ({ source }) =>
      aws.kms.send(new DisableKeyCommand({ KeyId: source.keyArn })),
    ),
  ],
  [
    'DryRunOperationException',
    'is what a dry run answers when the call would have succeeded',
    async () => expect(await service().tryReEncrypt(await requestOf())).toEqual({ kind: 'would-re-encrypt' }),
  ],
  [
    'IncorrectKeyException',
    'sends on to the next key',
    async () => {
      const ciphertext = await encrypt(side(await create()));
      expect(await service().reEncrypt(await requestOf({ ciphertext }))).toEqual({ kind: 'incorrect-key' });
    },
  ],
  [
    'InvalidCiphertextException',
    'is about this data key only',
    async () => {
      const ciphertext = Buffer.from('garbage');
      expect(await service().reEncrypt(await requestOf({ ciphertext }))).toEqual({
        kind: 'invalid-ciphertext',
      });
    },
  ],
  [
    'InvalidGrantTokenException',
    'breaks the premise of the run',
    async () =>
      expect(service(['made up']).reEncrypt(await requestOf())).rejects.toMatchObject({
        name: 'PremiseBroken',
      }),
  ],
  [
    'InvalidKeyUsageException',
    'breaks the premise of the run',
    async () => {
      const destination = side(await create({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }));
      await expect(service().reEncrypt(await requestOf({ destination }))).rejects.toThrow(
        'name keys with the usage ENCRYPT_DECRYPT',
      );
    },
  ],
  ['KeyUnavailableException', 'is ridden out', riddenOut('KeyUnavailableException')],
  ['KMSInternalException', 'is ridden out', riddenOut('KMSInternalException')],
  [
    'KMSInvalidStateException',
    'breaks the premise of the run',
    breaks('cancel the deletion and enable the key', ({ source }) =>
      aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId: source.keyArn })),
    ),
  ],
  [
    'NotFoundException',
    'breaks the premise of the run',
    async () => {
      const source = side(await create());
      const request = await requestOf({ source });
      const missing = { ...source, keyArn: source.keyArn.replace(/.{12}$/, '000000000000') };
      await expect(service().reEncrypt({ ...request, source: missing })).rejects.toThrow(
        'restore the key or correct the job',
      );
    },
  ],
];

/** Not in the operation's list, but common to all of KMS. */
const COMMON_ERRORS: readonly Row[] = [
  ['ThrottlingException', 'is ridden out', riddenOut('ThrottlingException')],
  [
    'AccessDeniedException',
    'breaks the premise of the run, and says what to allow',
    breaks('allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other', () =>
      Promise.resolve(
        aws.aws.faults.inject({
          service: 'kms',
          operation: 'ReEncrypt',
          error: 'AccessDeniedException',
          count: 1,
        }),
      ),
    ),
  ],
  [
    'ValidationException',
    'is about this data key only: too long for the destination, say',
    async () => {
      const source = side(await create());
      const { CiphertextBlob } = await aws.kms.send(
        new EncryptCommand({
          KeyId: source.keyArn,
          Plaintext: Buffer.alloc(200),
          EncryptionContext: CONTEXT,
        }),
      );
      const destination = side(await create(RSA), {}, 'RSAES_OAEP_SHA_256');
      expect(await service().reEncrypt({ ciphertext: CiphertextBlob!, source, destination })).toEqual({
        kind: 'rejected',
      });
    },
  ],
];

describe.each([
  ['request', REQUEST],
  ['response', RESPONSE],
  ['errors', ERRORS],
  ['errors common to KMS', COMMON_ERRORS],
])("ReEncrypt's %s:", (_list, rows) => {
  it.each(rows)('%s %s', (_member, _behaviour, holds) => holds());
});

describe('the rows above', () => {
  const members = (shape: unknown): readonly string[] => [...(shape as string[][])[4]!].sort();
  const named = (rows: readonly Row[]): readonly string[] => rows.map(([member]) => member).sort();

  it('are all members of the request and of the response that the SDK knows', () => {
    expect(named(REQUEST)).toEqual(members(requestShape));
    expect(named(RESPONSE)).toEqual(members(responseShape));
  });

  it('are all errors that the SDK documents for the operation', () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-kms/package.json'));
    const documented = readFileSync(join(folder, 'dist-types/commands/ReEncryptCommand.d.ts'), 'utf8');
    const errors = [...documented.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name!);
    expect(named(ERRORS)).toEqual(errors.filter(name => name !== 'KMSServiceException').sort());
  });
});
