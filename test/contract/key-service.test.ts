import { CreateKeyCommand, DisableKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { httpTo } from '../../lambda/adapters/aws/client-config.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { KeyService, ReEncryptRequest, RequestSide } from '../../lambda/core/ports.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { FakeKms } from '../support/fake-kms.ts';

interface Subject {
  readonly keys: KeyService;
  readonly old: string;
  readonly new: string;
  readonly foreign: string;
  encrypt(keyArn: string): Promise<Uint8Array>;
  disable(keyArn: string): Promise<unknown>;
}

const CONTEXT = { tenant: 'acme' };
let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

async function embeddedSubject(requests: 'lean' | 'sdk' = 'lean'): Promise<Subject> {
  const create = async (): Promise<string> =>
    (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  const keys = new KmsKeyService(new KmsChannel({ endpoint: aws.endpoint, patienceMs: [], requests }));
  keys.pace(1_000);
  return {
    keys,
    old: await create(),
    new: await create(),
    foreign: await create(),
    encrypt: async KeyId =>
      (
        await aws.kms.send(
          new EncryptCommand({ KeyId, Plaintext: Buffer.from('data key'), EncryptionContext: CONTEXT }),
        )
      ).CiphertextBlob!,
    disable: KeyId => aws.kms.send(new DisableKeyCommand({ KeyId })),
  };
}

function fakeSubject(): Promise<Subject> {
  const keys = new FakeKms();
  return Promise.resolve({
    keys,
    old: OLD_KEY,
    new: NEW_KEY,
    foreign: FOREIGN_KEY,
    encrypt: keyArn => Promise.resolve(keys.encrypt(keyArn, 'data key', CONTEXT)),
    disable: keyArn => Promise.resolve(keys.disabled.add(keyArn)),
  });
}

async function requestOf(of: Subject): Promise<ReEncryptRequest> {
  return {
    ciphertext: await of.encrypt(of.old),
    source: side(of.old),
    destination: side(of.new),
  };
}

function side(keyArn: string, context: RequestSide['context'] = CONTEXT): RequestSide {
  return { keyArn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT', context };
}

describe.each([
  ['the fake KMS', fakeSubject],
  ['KMS of the embedded AWS', () => embeddedSubject('lean')],
  ['KMS of the embedded AWS, through the SDK', () => embeddedSubject('sdk')],
])('%s, as a key service', (_, subject) => {
  const request = async (
    of: Subject,
    changes: Partial<ReEncryptRequest> = {},
  ): Promise<ReEncryptRequest> => ({
    ...(await requestOf(of)),
    ...changes,
  });

  it('re-encrypts, and says from and to which key and key material', async () => {
    const of = await subject();
    const answer = await of.keys.reEncrypt(await request(of));
    expect(answer).toMatchObject({
      kind: 're-encrypted',
      source: { keyArn: of.old, keyMaterialId: expect.any(String) },
      destination: { keyArn: of.new, keyMaterialId: expect.any(String) },
    });
    if (answer.kind !== 're-encrypted') return;
    const again = await of.keys.reEncrypt(
      await request(of, { ciphertext: answer.ciphertext, source: side(of.new) }),
    );
    expect(again).toMatchObject({
      kind: 're-encrypted',
      source: answer.destination,
      destination: answer.destination,
    });
  });

  it('answers incorrect-key for a ciphertext of another key, whatever its context', async () => {
    const of = await subject();
    const ciphertext = await of.encrypt(of.foreign);
    expect(await of.keys.reEncrypt(await request(of, { ciphertext }))).toEqual({ kind: 'incorrect-key' });
    expect(await of.keys.reEncrypt(await request(of, { ciphertext, source: side(of.old, {}) }))).toEqual({
      kind: 'incorrect-key',
    });
  });

  it('answers invalid-ciphertext for garbage, and for another context under the same key', async () => {
    const of = await subject();
    expect(await of.keys.reEncrypt(await request(of, { ciphertext: Buffer.from('garbage') }))).toEqual({
      kind: 'invalid-ciphertext',
    });
    expect(
      await of.keys.reEncrypt(await request(of, { source: side(of.old, { tenant: 'globex' }) })),
    ).toEqual({
      kind: 'invalid-ciphertext',
    });
  });

  it('breaks the premise when a key is disabled', async () => {
    const of = await subject();
    const asked = await request(of);
    await of.disable(of.old);
    await expect(of.keys.reEncrypt(asked)).rejects.toThrow(PremiseBroken);
    await expect(of.keys.reEncrypt(asked)).rejects.toThrow('is disabled');
  });
});

describe('the KMS adapter', () => {
  it('counts the requests it sends, and starts again from 0', async () => {
    const of = await embeddedSubject();
    const asked = await requestOf(of);
    await Promise.all([of.keys.reEncrypt(asked), of.keys.reEncrypt(asked)]);
    expect([of.keys.takeUsage(), of.keys.takeUsage()]).toEqual([
      { requests: 2, throttled: 0 },
      { requests: 0, throttled: 0 },
    ]);
  });

  it('rides out throttling, at its pace, and counts every request that left', async () => {
    const of = await embeddedSubject();
    const asked = await requestOf(of);
    aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error: 'ThrottlingException', count: 2 });
    expect(await of.keys.reEncrypt(asked)).toMatchObject({ kind: 're-encrypted' });
    expect(of.keys.takeUsage()).toEqual({ requests: 3, throttled: 2 });
  });

  it('asks again if no answer comes in time', async () => {
    const of = await embeddedSubject();
    const asked = await requestOf(of);
    const impatient = { ...httpTo('api'), requestTimeout: 50 };
    const channel = new KmsChannel({ endpoint: aws.endpoint, requestHandler: impatient });
    const keys = new KmsKeyService(channel);
    keys.pace(1_000);
    aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', kind: 'no-answer', count: 1 });
    expect(await keys.reEncrypt(asked)).toMatchObject({ kind: 're-encrypted' });
    expect(keys.takeUsage()).toEqual({ requests: 2, throttled: 0 });
  });

  it('treats InvalidKeyUsageException as a broken premise, at once', async () => {
    const of = await embeddedSubject();
    const asked = await requestOf(of);
    const error = 'InvalidKeyUsageException';
    aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error, count: 1 });
    await expect(of.keys.reEncrypt(asked)).rejects.toThrow(PremiseBroken);
    expect(of.keys.takeUsage()).toEqual({ requests: 1, throttled: 0 });
  });

  it.each(['AccessDeniedException', 'KMSInvalidStateException', 'NotFoundException'])(
    'takes %s for a broken premise where KMS says so of everything',
    async error => {
      const of = await embeddedSubject();
      const asked = await requestOf(of);
      aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error, count: 1_000 });
      await expect(of.keys.reEncrypt(asked)).rejects.toThrow(PremiseBroken);
      expect(of.keys.takeUsage().requests).toBeLessThanOrEqual(3);
      aws.aws.faults.clear();
    },
  );

  it.each(['KMSInternalException', 'KeyUnavailableException', 'DependencyTimeoutException'])(
    'rides out a %s',
    async error => {
      const of = await embeddedSubject();
      const asked = await requestOf(of);
      aws.aws.faults.inject({ service: 'kms', operation: 'ReEncrypt', error, status: 500, count: 1 });
      expect(await of.keys.reEncrypt(asked)).toMatchObject({ kind: 're-encrypted' });
    },
  );

  it('names the call, the keys and the cure when a premise breaks', async () => {
    const of = await embeddedSubject();
    const missing = of.old.replace(/.{4}$/, '0000');
    const work = of.keys.reEncrypt({
      ciphertext: await of.encrypt(of.old),
      source: side(missing),
      destination: side(of.new),
    });
    await expect(work).rejects.toThrow(`kms:ReEncrypt from ${missing} to ${of.new}: NotFoundException`);
    await expect(work).rejects.toThrow('restore the key or correct the job');
  });

  it('asks for permission without a ciphertext', async () => {
    const of = await embeddedSubject();
    const catalog = new KmsKeyCatalog(new KmsChannel({ endpoint: aws.endpoint, patienceMs: [] }));
    expect(await catalog.mayReEncrypt(side(of.old), side(of.new))).toEqual({ kind: 'allowed' });
    await of.disable(of.old);
    expect(await catalog.mayReEncrypt(side(of.old), side(of.new))).toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('DisabledException'),
    });
    expect(await catalog.describeKey('arn:aws:kms:us-east-1:111122223333:alias/none')).toEqual({
      kind: 'not-found',
    });
  });
});
