import {
  DisableKeyCommand,
  EncryptCommand,
  ReEncryptResponse$ as responseShape,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ReEncryptRequest } from '../../lambda/core/ports.ts';
import {
  aws,
  CONTEXT,
  create,
  encrypt,
  reEncrypted,
  requestOf,
  service,
  side,
  withEmbeddedKms,
  type Row,
} from '../support/reencrypt-api.ts';

withEmbeddedKms();

const RSA = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const;

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

/** An error on KMS's side goes away: it costs one retry and nothing else. */
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
    'breaks the premise of the run where the keys are denied to it, and says what to allow',
    async () => {
      const fault = { service: 'kms', operation: 'ReEncrypt', error: 'AccessDeniedException', count: 1_000 };
      const deny = breaks('allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other', () => {
        aws.aws.faults.inject(fault);
        return Promise.resolve();
      });
      await deny();
      aws.aws.faults.clear();
    },
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
  ['response', RESPONSE],
  ['errors', ERRORS],
  ['errors common to KMS', COMMON_ERRORS],
])("ReEncrypt's %s:", (_list, rows) => {
  it.each(rows)('%s %s', (_member, _behaviour, holds) => holds());
});

describe('the rows above', () => {
  const named = (rows: readonly Row[]): readonly string[] => rows.map(([member]) => member).sort();

  it('are all members of the response that the SDK knows', () => {
    expect(named(RESPONSE)).toEqual([...(responseShape as unknown as string[][])[4]!].sort());
  });

  it('are all errors that the SDK documents for the operation', () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-kms/package.json'));
    const documented = readFileSync(join(folder, 'dist-types/commands/ReEncryptCommand.d.ts'), 'utf8');
    const errors = [...documented.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name!);
    expect(named(ERRORS)).toEqual(errors.filter(name => name !== 'KMSServiceException').sort());
  });
});
