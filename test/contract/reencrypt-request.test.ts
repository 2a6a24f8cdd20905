import {
  CreateGrantCommand,
  DisableKeyCommand,
  ReEncryptRequest$ as requestShape,
} from '@aws-sdk/client-kms';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { errorName } from '../support/embedded.ts';
import {
  aws,
  CONTEXT,
  create,
  decrypt,
  encrypt,
  OTHER_CONTEXT,
  PLAINTEXT,
  reEncrypted,
  requestOf,
  service,
  side,
  withEmbeddedKms,
  type Row,
} from '../support/reencrypt-api.ts';

withEmbeddedKms();

const RSA = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const;

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
      const key = await create(RSA);
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
      const key = await create(RSA);
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
        'start the job again with tokens of existing grants',
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
      const rsa = side(await create(RSA), {}, 'RSAES_OAEP_SHA_256');
      expect(await catalog.mayReEncrypt(source, rsa)).toEqual({ kind: 'allowed' });
      await aws.kms.send(new DisableKeyCommand({ KeyId: rsa.keyArn }));
      expect(await catalog.mayReEncrypt(source, rsa)).toMatchObject({ kind: 'denied' });
    },
  ],
];

describe("ReEncrypt's request:", () => {
  it.each(REQUEST)('%s %s', (_member, _behaviour, holds) => holds());

  it('has a row for every member that the SDK knows', () => {
    const members = [...(requestShape as unknown as string[][])[4]!].sort();
    expect(REQUEST.map(([member]) => member).sort()).toEqual(members);
  });
});
