import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EncryptCommand,
  KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import { ALIAS_PATIENCE_MS } from '../../lambda/adapters/aws/patience.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { PlaintextKeyService } from '../../lambda/adapters/kms/plaintext-key-service.ts';
import type { RequestSide } from '../../lambda/core/ports.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const CONTEXT = { tenant: 'acme' };
const PLAINTEXT = 'a data key of thirty-two bytes..';

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client that it was called on
const original = KMSClient.prototype.send;
let aws: Embedded;
let europe: KMSClient;
beforeAll(async () => {
  aws = await embedded();
  europe = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
});
afterAll(async () => {
  europe.destroy();
  await aws.stop();
});

const create = async (client: KMSClient, input: CreateKeyCommandInput = {}): Promise<string> =>
  (await client.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
const side = (keyArn: string): RequestSide => ({
  keyArn,
  context: CONTEXT,
  encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
});
const channel = (patienceMs: readonly number[] = []): KmsChannel => {
  const made = new KmsChannel({ endpoint: aws.endpoint, patienceMs });
  made.setRate(1_000);
  return made;
};
const encrypt = async (KeyId: string): Promise<Uint8Array> =>
  (
    await aws.kms.send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from(PLAINTEXT), EncryptionContext: CONTEXT }),
    )
  ).CiphertextBlob!;
const openedInEurope = async (CiphertextBlob: Uint8Array, KeyId: string): Promise<string> =>
  Buffer.from(
    (await europe.send(new DecryptCommand({ CiphertextBlob, KeyId, EncryptionContext: CONTEXT }))).Plaintext!,
  ).toString();

describe('ReEncrypt in another Region', () => {
  it('takes a ciphertext of a multi-Region key under its replica there', async () => {
    const primary = await create(aws.kms, { MultiRegion: true });
    await aws.kms.send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: 'eu-west-1' }));
    const replica = primary.replace('us-east-1', 'eu-west-1');
    const destination = await create(europe);
    const answer = await new KmsKeyService(channel()).reEncrypt({
      ciphertext: await encrypt(primary),
      source: side(replica),
      destination: side(destination),
    });
    if (answer.kind !== 're-encrypted') throw new Error(answer.kind);
    expect(await openedInEurope(answer.ciphertext, destination)).toBe(PLAINTEXT);
  });

  it('is never tried between keys of two Regions: KMS has no such call', async () => {
    const request = {
      ciphertext: Buffer.from('x'),
      source: side(await create(aws.kms)),
      destination: side(await create(europe)),
    };
    await expect(new KmsKeyService(channel()).reEncrypt(request)).rejects.toThrow('are in two Regions');
  });
});

describe('decrypt there, encrypt here', () => {
  const request = async () => {
    const source = await create(aws.kms);
    return {
      ciphertext: await encrypt(source),
      source: side(source),
      destination: side(await create(europe)),
    };
  };

  it('keeps the data key, and names both keys and both requests', async () => {
    const asked = await request();
    const answer = await new PlaintextKeyService(channel()).reEncrypt(asked);
    if (answer.kind !== 're-encrypted') throw new Error(answer.kind);
    expect(await openedInEurope(answer.ciphertext, asked.destination.keyArn)).toBe(PLAINTEXT);
    expect(answer).toMatchObject({
      source: { keyArn: asked.source.keyArn, keyMaterialId: expect.any(String) },
      destination: { keyArn: asked.destination.keyArn },
      sourceAlgorithm: 'SYMMETRIC_DEFAULT',
      destinationAlgorithm: 'SYMMETRIC_DEFAULT',
    });
    expect(answer.requestIds).toHaveLength(2);
  });

  it('wipes the plaintext, whether or not it could be encrypted', async () => {
    const asked = await request();
    const seen: Uint8Array[] = [];
    const remember = function (this: KMSClient, command: { input: { Plaintext?: Uint8Array } }): unknown {
      if (command.input.Plaintext !== undefined) {
        expect(Buffer.from(command.input.Plaintext).toString()).toBe(PLAINTEXT);
        seen.push(command.input.Plaintext);
      }
      return Reflect.apply(original, this, [command]);
    };
    const spied = jest.spyOn(KMSClient.prototype, 'send').mockImplementation(remember as never);
    try {
      await new PlaintextKeyService(channel()).reEncrypt(asked);
      await europe.send(new DisableKeyCommand({ KeyId: asked.destination.keyArn }));
      await expect(new PlaintextKeyService(channel()).reEncrypt(asked)).rejects.toThrow(
        `kms:Encrypt with ${asked.destination.keyArn}: DisabledException`,
      );
    } finally {
      spied.mockRestore();
    }
    expect(seen.map(bytes => bytes.every(byte => byte === 0))).toEqual([true, true]);
  });

  it('tells a foreign key and a wrong context from each other, as ReEncrypt does', async () => {
    const asked = await request();
    const service = new PlaintextKeyService(channel());
    const foreign = side(await create(aws.kms));
    expect(await service.reEncrypt({ ...asked, source: foreign })).toEqual({ kind: 'incorrect-key' });
    const wrong = { ...asked.source, context: {} };
    expect(await service.reEncrypt({ ...asked, source: wrong })).toEqual({ kind: 'invalid-ciphertext' });
    expect(await service.tryReEncrypt(asked)).toEqual({ kind: 'would-re-encrypt' });
  });

  it('is ReEncrypt within a Region: what is under the destination key is checked without being opened', async () => {
    const asked = await request();
    const service = new PlaintextKeyService(channel());
    const moved = await service.reEncrypt(asked);
    if (moved.kind !== 're-encrypted') throw new Error(moved.kind);
    const again = await service.reEncrypt({
      ...asked,
      ciphertext: moved.ciphertext,
      source: asked.destination,
    });
    expect(again).toMatchObject({ source: { keyMaterialId: expect.any(String) } });
  });
});

describe('what is new in KMS', () => {
  const isNew = (error: string, count: number, operation = 'ReEncrypt'): void =>
    aws.aws.faults.inject({ service: 'kms', operation, error, count });
  const request = async () => {
    const source = await create(aws.kms);
    return {
      ciphertext: await encrypt(source),
      source: side(source),
      destination: side(await create(aws.kms)),
    };
  };

  it.each(['NotFoundException', 'AccessDeniedException'])(
    'is asked for again while it may not be visible yet (%s)',
    async error => {
      const asked = await request();
      isNew(error, 2);
      expect(await new KmsKeyService(channel([1, 1])).reEncrypt(asked)).toMatchObject({
        kind: 're-encrypted',
      });
    },
  );

  it('breaks the premise when it is not there after the last wait', async () => {
    const asked = await request();
    isNew('NotFoundException', 1_000);
    await expect(new KmsKeyService(channel([1, 1])).reEncrypt(asked)).rejects.toMatchObject({
      name: 'PremiseBroken',
    });
    aws.aws.faults.clear();
  });

  it('is waited for in Plan while it is still being made: a replica, say', async () => {
    const key = await create(aws.kms);
    const states = ['Creating', 'Creating', 'Enabled'];
    const catalog = new KmsKeyCatalog(channel(), [1, 1]);
    const spied = jest
      .spyOn(KMSClient.prototype, 'send')
      .mockImplementation((() =>
        Promise.resolve({ KeyMetadata: { Arn: key, KeyState: states.shift() } })) as never);
    try {
      expect(await catalog.describeKey(key)).toMatchObject({ kind: 'found', key: { state: 'Enabled' } });
    } finally {
      spied.mockRestore();
    }
    expect(states).toEqual([]);
  });

  describe('an alias that authorisation does not know yet', () => {
    const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/new';
    const denied = (): Error => Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const dryRun = (): Error => Object.assign(new Error('ok'), { name: 'DryRunOperationException' });
    /** KMS that knows the key behind the alias, and denies calls to it so many times. */
    const lagging = (
      key: string,
      denials: number,
    ): { readonly asked: () => number; readonly end: () => void } => {
      let asked = 0;
      const spied = jest.spyOn(KMSClient.prototype, 'send').mockImplementation(((command: object) => {
        if (command instanceof DescribeKeyCommand)
          return Promise.resolve({ KeyMetadata: { Arn: key, KeyState: 'Enabled' } });
        return Promise.reject(++asked <= denials ? denied() : dryRun());
      }) as never);
      return { asked: () => asked, end: () => spied.mockRestore() };
    };

    it('is waited for in Plan, longer than other things that are missing, and once for all calls', async () => {
      const key = await create(aws.kms);
      const catalog = new KmsKeyCatalog(channel([]), [], [1, 1, 1]);
      const kms = lagging(key, 3);
      await catalog.describeKey(ALIAS);
      expect(await catalog.mayReEncrypt(side(key), side(key))).toEqual({ kind: 'allowed' });
      kms.end();
      const never = lagging(key, 100);
      expect(await catalog.mayReEncrypt(side(key), side(key))).toMatchObject({ kind: 'denied' });
      expect(never.asked()).toBe(1);
      never.end();
    });

    it('is waited for of its replica, too, which has an alias of its own', async () => {
      const key = 'arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';
      const catalog = new KmsKeyCatalog(channel([]), [], [1, 1, 1]);
      const kms = lagging(key, 3);
      await catalog.describeKey(ALIAS);
      const replica = side(key.replace('us-east-1', 'eu-west-1'));
      expect(await catalog.mayReEncrypt(replica, replica)).toEqual({ kind: 'allowed' });
      kms.end();
    });

    it('is not what denies a key that the job names by its ARN', async () => {
      const key = await create(aws.kms);
      const catalog = new KmsKeyCatalog(channel([]), [], [1, 1, 1]);
      const kms = lagging(key, 3);
      await catalog.describeKey(key);
      expect(await catalog.mayReEncrypt(side(key), side(key))).toMatchObject({ kind: 'denied' });
      expect(kms.asked()).toBe(1);
      kms.end();
    });

    it('is waited for where a rollback asks about the key itself, by which a run knew its alias', async () => {
      const key = await create(aws.kms);
      let asked = 0;
      const spied = jest
        .spyOn(KMSClient.prototype, 'send')
        .mockImplementation((() =>
          ++asked <= 3
            ? Promise.reject(denied())
            : Promise.resolve({ KeyMetadata: { Arn: key, KeyState: 'Enabled' } })) as never);
      const catalog = (): KmsKeyCatalog => new KmsKeyCatalog(channel([]), [], [1, 1, 1]);
      expect(await catalog().describeKey(key, [ALIAS])).toMatchObject({ kind: 'found' });
      asked = 0;
      expect(await catalog().describeKey(key, [key])).toMatchObject({ kind: 'denied' });
      expect(asked).toBe(1);
      spied.mockRestore();
    });

    it('is waited for as long as AWS documents: five minutes', () => {
      const sum = ALIAS_PATIENCE_MS.reduce((total, wait) => total + wait, 0);
      expect(sum).toBe(300_000);
    });
  });

  it('is not confused with what has been taken away: a disabled key is believed at once', async () => {
    const asked = await request();
    await aws.kms.send(new DisableKeyCommand({ KeyId: asked.source.keyArn }));
    const patient = channel([1, 1]);
    await expect(new KmsKeyService(patient).reEncrypt(asked)).rejects.toThrow('DisabledException');
    expect(patient.takeUsage().requests).toBe(1);
  });
});

describe('keys whose material is elsewhere', () => {
  it('break the premise when imported material has expired, and say what to import', async () => {
    const key = await create(aws.kms, { Origin: 'EXTERNAL' });
    const asked = {
      ciphertext: await encrypt(await create(aws.kms)),
      source: side(key),
      destination: side(key),
    };
    await expect(new KmsKeyService(channel()).reEncrypt(asked)).rejects.toMatchObject({
      name: 'PremiseBroken',
      message: expect.stringMatching(
        /is pending import.*its imported key material has expired or was deleted: import the same material again/,
      ),
    });
  });

  it('break the premise when their custom key store is disconnected', async () => {
    const { CustomKeyStoreId } = await aws.kms.send(
      new CreateCustomKeyStoreCommand({ CustomKeyStoreName: 'hsm' }),
    );
    await aws.kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    const key = await create(aws.kms, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
    const asked = { ciphertext: await encrypt(key), source: side(key), destination: side(key) };
    await aws.kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    await expect(new KmsKeyService(channel()).reEncrypt(asked)).rejects.toThrow(
      'connect its custom key store',
    );
  });

  it('name the store in Plan, which says nothing of the kind for other keys', async () => {
    const { CustomKeyStoreId } = await aws.kms.send(
      new CreateCustomKeyStoreCommand({ CustomKeyStoreName: 'hsm' }),
    );
    await aws.kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    const key = await create(aws.kms, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
    const catalog = new KmsKeyCatalog(channel());
    expect(await catalog.describeKey(key)).toMatchObject({ key: { customKeyStoreId: CustomKeyStoreId } });
    expect(await catalog.keyMaterials(key)).toEqual([]);
    const other = await catalog.describeKey(await create(aws.kms));
    expect(other).not.toHaveProperty('key.customKeyStoreId');
  });
});

describe('key materials', () => {
  it('are listed with their states and rotation dates, over as many pages as KMS has', async () => {
    const key = await create(aws.kms);
    for (let rotation = 0; rotation < 12; rotation++)
      await aws.kms.send(new RotateKeyOnDemandCommand({ KeyId: key }));
    const materials = await new KmsKeyCatalog(channel()).keyMaterials(key);
    expect(materials).toHaveLength(13);
    expect(materials.filter(({ state }) => state === 'CURRENT')).toMatchObject([
      { keyArn: key, rotationType: 'ON_DEMAND', rotatedAt: expect.any(String) },
    ]);
    expect(materials.filter(({ rotatedAt }) => rotatedAt === undefined)).toHaveLength(1);
  });

  it('of an asymmetric key are none', async () => {
    const key = await create(aws.kms, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(await new KmsKeyCatalog(channel()).keyMaterials(key)).toEqual([]);
  });
});
