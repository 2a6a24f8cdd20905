import type { DescribedKeys } from '../../lambda/core/discover/described-keys.ts';
import { discoveryOf } from '../../lambda/core/discover/discovery.ts';
import type { DiscoveredKey, TrailOfKeys } from '../../lambda/core/discover/discovered-keys.ts';
import type { Look } from '../../lambda/core/discover/look.ts';
import type { ActionUse, KeyUser } from '../../lambda/core/key-users/key-user.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import { FOREIGN_KEY, item, job, NEW_KEY, object, OLD_KEY, use } from '../support/builders.ts';
import { B, S } from '../support/recognised.ts';
import { ROLE } from '../support/trail-records.ts';

const THIRD = 'arn:aws:kms:us-east-1:111122223333:key/33333333-3333-3333-3333-333333333333';
const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/orders';
const WORKER = 'arn:aws:iam::111122223333:role/Worker';
const NO_JOB = job({
  source: { keys: [use(FOREIGN_KEY)] },
  destination: { ...job().destination, key: FOREIGN_KEY },
});

/** A table whose one item has a data key beside the name of its key. */
function table(name: string, { keyArn, serverSide = [] }: { keyArn?: string; serverSide?: string[] }): Look {
  const attributes = keyArn === undefined ? { note: S('x') } : { edk: B('a'), key: S(keyArn) };
  return {
    ...{ kind: 'looked', type: 'dynamodb', name, region: 'us-east-1', complete: true },
    ...{ serverSide: { kind: 'seen', value: serverSide } },
    recognition: recogniseStore([{ record: item(name, attributes) }]),
  };
}

function bucket(name: string, kmsKeyId: string): Look {
  const record = { ...object('a', {}), encryption: { algorithm: 'aws:kms', kmsKeyId } };
  return {
    ...{ kind: 'looked', type: 's3', name, region: 'us-east-1', complete: true },
    ...{ serverSide: { kind: 'seen', value: [] } },
    recognition: recogniseStore([{ record }]),
  };
}

function user(action: string, changes: Partial<KeyUser> = {}): KeyUser {
  const time = '2026-11-20T10:00:00.000Z';
  const uses: readonly ActionUse[] = [{ action, calls: 1, firstAt: time, lastAt: time }];
  return {
    ...{ principal: ROLE, uses, contextNames: ['tenant'], keyMaterialIds: [] },
    ...{ sessions: [], userAgents: [], addresses: [], ...changes },
  };
}

const trail = (key: string, ...users: readonly KeyUser[]): TrailOfKeys => ({
  keys: [{ key, users, refused: [] }],
  ownRoles: [WORKER],
});
const keysOf = (
  looks: readonly Look[],
  known: { jobs?: readonly Job[]; described?: DescribedKeys; trail?: TrailOfKeys } = {},
): readonly DiscoveredKey[] => discoveryOf(looks, known.jobs ?? [NO_JOB], known).keys;
const standings = (...args: Parameters<typeof keysOf>): unknown =>
  keysOf(...args).map(({ keyArn, standing }) => [keyArn, standing]);

describe('a discovered key', () => {
  it('that samples name has its users beside its stores', () => {
    const [key] = keysOf([table('Invoices', { keyArn: OLD_KEY })], {
      trail: trail(OLD_KEY, user('Decrypt')),
    });
    expect(key).toMatchObject({ standing: 'sampled', stores: 1, storesNotNamed: 1 });
    expect(key?.users).toMatchObject([{ principal: ROLE, own: false, contextNames: ['tenant'] }]);
  });

  it.each(['Decrypt', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'GetPublicKey'])(
    'that no sample names lies elsewhere if somebody calls %s',
    action => {
      const looks = [table('Orders', { keyArn: OLD_KEY })];
      expect(standings(looks, { trail: trail(NEW_KEY, user(action)) })).toEqual([
        [OLD_KEY, 'sampled'],
        [NEW_KEY, 'elsewhere'],
      ]);
    },
  );

  it('is for something else if nobody makes or opens ciphertexts, or only a worker of the deployment does', () => {
    expect(standings([], { trail: trail(NEW_KEY, user('Sign')) })).toEqual([[NEW_KEY, 'other']]);
    const own = user('ReEncryptTo', { principal: WORKER });
    expect(standings([], { trail: trail(NEW_KEY, own) })).toEqual([[NEW_KEY, 'other']]);
    expect(keysOf([], { trail: trail(NEW_KEY, own) })[0]?.users?.[0]?.own).toBe(true);
  });

  it('is of services if these alone use it, for others or by themselves', () => {
    const secret = user('Decrypt', { via: 'secretsmanager.amazonaws.com' });
    const volume = user('GenerateDataKey', { principal: 'ec2.amazonaws.com' });
    for (const one of [secret, volume])
      expect(standings([], { trail: trail(NEW_KEY, one) })).toEqual([[NEW_KEY, 'services']]);
    expect(
      keysOf([], { trail: trail(NEW_KEY, secret, volume) })[0]?.users?.map(({ service }) => service),
    ).toEqual(['secretsmanager.amazonaws.com', 'ec2.amazonaws.com']);
  });

  it('belongs to jobs that name it, where samples do not, by an alias as well', () => {
    const named = job({
      source: { keys: [use(ALIAS)] },
      destination: { ...job().destination, key: NEW_KEY },
    });
    const described = new Map([[ALIAS, { arn: OLD_KEY, awsManaged: false }]]);
    const of = { jobs: [named], described };
    expect(standings([], { ...of, trail: trail(OLD_KEY, user('Decrypt')) })).toEqual([[OLD_KEY, 'of-jobs']]);
    expect(standings([], { ...of, trail: trail(NEW_KEY, user('Decrypt')) })).toEqual([[NEW_KEY, 'of-jobs']]);
    expect(keysOf([], { ...of, trail: trail(OLD_KEY, user('Decrypt')) })[0]?.jobs).toEqual(['orders']);
  });

  it('has the tables, the buckets and the objects that DynamoDB and S3 themselves encrypt with it', () => {
    const looks = [table('Sealed', { serverSide: [ALIAS] }), bucket('files', OLD_KEY)];
    const described = new Map([[ALIAS, { arn: OLD_KEY, awsManaged: false }]]);
    const { keys, stores } = discoveryOf(looks, [NO_JOB], { described });
    expect(keys).toMatchObject([
      {
        ...{ keyArn: OLD_KEY, standing: 'services', stores: 0 },
        serverSide: [
          { type: 'dynamodb', name: 'Sealed', of: 'items' },
          { type: 's3', name: 'files', of: 'objects', objects: 1 },
        ],
      },
    ]);
    expect(stores.find(({ name }) => name === 'Sealed')?.serverSideKeys).toEqual([OLD_KEY]);
  });

  it('is left out if AWS manages it, and nobody can retire it; what nobody could describe says so', () => {
    const looks = [table('Sealed', { serverSide: [OLD_KEY] })];
    const ofAws = new Map([[OLD_KEY, { arn: OLD_KEY, awsManaged: true }]]);
    const found = discoveryOf(looks, [NO_JOB], { described: ofAws });
    expect([found.keys, found.stores[0]?.serverSideKeys]).toEqual([[], []]);
    expect(keysOf(looks)).toMatchObject([{ keyArn: OLD_KEY, undescribed: true }]);
  });

  it('that an alias names in a call that failed has that caller among its users', () => {
    const described = new Map([[ALIAS, { arn: THIRD, awsManaged: false }]]);
    const failing = user('Decrypt', { principal: 'arn:aws:iam::111122223333:user/b' });
    const keys = [
      { key: THIRD, users: [user('Decrypt')], refused: [] },
      { key: ALIAS, users: [failing], refused: [] },
    ];
    const found = keysOf([], { described, trail: { keys, ownRoles: [] } });
    expect(found.map(({ keyArn, users }) => [keyArn, users?.map(({ principal }) => principal)])).toEqual([
      [THIRD, [ROLE, 'arn:aws:iam::111122223333:user/b']],
    ]);
  });

  it('says nothing of users where no trail was read', () => {
    const [key] = keysOf([table('Orders', { keyArn: OLD_KEY })]);
    expect(key).not.toHaveProperty('users');
  });
});

describe('a discovered store', () => {
  it('says so where its service has not told the key, and where data keys do not say under which key they are', () => {
    const unseen: Look = {
      ...{ kind: 'not-looked', type: 'dynamodb', name: 'Secret', region: 'us-east-1', reason: 'denied' },
      serverSide: { kind: 'unseen', words: 'AccessDenied' },
    };
    expect(discoveryOf([unseen], []).stores).toMatchObject([
      { serverSideKeys: null, serverSideReason: 'AccessDenied', keysUntold: false },
    ]);
    const untold = {
      ...table('Orders', {}),
      recognition: recogniseStore([{ record: item('a', { edk: B('a') }) }]),
    };
    expect(discoveryOf([untold as Look], []).stores[0]?.keysUntold).toBe(true);
  });
});
