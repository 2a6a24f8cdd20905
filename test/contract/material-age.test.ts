import { CreateKeyCommand, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { keysCreated } from '../../lambda/core/plan/keys-created.ts';
import { materialAge, type MaterialAge } from '../../lambda/core/report/material-age.ts';
import { planned } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const DAY = 24 * 3_600_000;

/** What KMS tells of a key, and what follows from it for a store that allows a year. */
describe('the age of key material, as KMS tells it', () => {
  const start = Date.UTC(2026, 0, 1);
  let now = start;
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
  });
  afterAll(() => aws.stop());

  /** One data key under each material of the key, so many days after it was made. */
  async function ageOf(keyArn: string, days: number): Promise<MaterialAge> {
    now = start + days * DAY;
    const channel = new KmsChannel({ endpoint: aws.endpoint, region: 'us-east-1', patienceMs: [] });
    const catalog = new KmsKeyCatalog(channel);
    const lookup = await catalog.describeKey(keyArn);
    if (lookup.kind !== 'found') throw new Error(`${keyArn} is ${lookup.kind}`);
    const key = planned(keyArn);
    const use = { key: keyArn, encryptionAlgorithm: key.encryptionAlgorithm };
    const known = await catalog.keyMaterials(keyArn);
    const counts = known.map(({ keyMaterialId }) => ({ keyArn, keyMaterialId, before: 1, after: 1 }));
    const stores = [{ type: 'dynamodb', format: { type: 'attribute' }, maximumAgeDays: 365 }];
    const { keysCreatedAt = {} } = keysCreated(stores, [{ use, key: lookup.key }]);
    return materialAge(
      { maximumAgeDays: 365, keyMaterials: counts, at: new Date(now).toISOString() },
      { sources: [], destination: key, keyMaterials: known, keysCreatedAt },
    );
  }
  async function made(MultiRegion: boolean): Promise<string> {
    now = start;
    const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ MultiRegion }));
    return KeyMetadata!.Arn!;
  }

  it('counts from the making of a key, and then from each rotation', async () => {
    const keyArn = await made(false);
    expect(await ageOf(keyArn, 365)).toMatchObject({ tooOld: 0, ageUnknown: 0 });
    expect(await ageOf(keyArn, 366)).toMatchObject({ tooOld: 1, ageUnknown: 0 });
    await aws.kms.send(new RotateKeyOnDemandCommand({ KeyId: keyArn }));
    expect(await ageOf(keyArn, 700)).toMatchObject({
      ...{ tooOld: 1, ageUnknown: 0 },
      materials: [{ since: new Date(start).toISOString(), dataKeys: 1 }],
    });
    expect((await ageOf(keyArn, 732)).tooOld).toBe(2);
  });

  it('is unknown for the first material of a multi-Region key, and known for the next one', async () => {
    const keyArn = await made(true);
    expect(await ageOf(keyArn, 1)).toMatchObject({ tooOld: 0, ageUnknown: 1 });
    await aws.kms.send(new RotateKeyOnDemandCommand({ KeyId: keyArn }));
    expect(await ageOf(keyArn, 2)).toMatchObject({ tooOld: 0, ageUnknown: 1 });
  });

  it('asks for nothing where no store has a greatest age', () =>
    expect(keysCreated([{ type: 's3', format: { type: 'auto' } }], [])).toEqual({}));
});
