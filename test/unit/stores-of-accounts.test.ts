import { lockedPlaces } from '../../lambda/core/lock/store-lock.ts';
import type { AssumedRole, Store } from '../../lambda/core/model/job.ts';
import { parseRoleArn } from '../../lambda/core/model/arn.ts';
import { parseStorePlace, storePlaceText, type StorePlace } from '../../lambda/core/model/store-place.ts';
import { ownAccountRoles } from '../../lambda/core/job/own-account-roles.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { needRoles, roleWarnings } from '../../lambda/core/plan/check-roles.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { capacityOf, ownPlace, storeName, writtenPlace } from '../../lambda/core/stores/places.ts';
import type { MayAssume } from '../../lambda/core/stores/registry.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { claimsIn } from '../../lib/claims/store-claims.ts';
import { job } from '../support/builders.ts';
import { ports, REQUEST, stores } from '../support/plan-ports.ts';

const role = (account: string, more: Partial<AssumedRole> = {}): AssumedRole => ({
  roleArn: `arn:aws:iam::${account}:role/rewrap`,
  ...more,
});
const [A, B] = ['222222222222', '333333333333'] as const;
const format = { type: 'attribute', dataKey: 'edk' };
const table = (assumeRole?: AssumedRole): Store => ({
  ...{ type: 'dynamodb', table: 'Orders', format },
  ...(assumeRole !== undefined && { assumeRole }),
});
const bucket = (assumeRole?: AssumedRole): Store => ({
  ...{ type: 's3', bucket: 'orders', prefix: '', format: { type: 'object-metadata', dataKey: 'edk' } },
  ...(assumeRole !== undefined && { assumeRole }),
});
const tables = [table(), table(role(A)), table(role(B))];
const all = <T>(of: (store: Store) => T): readonly T[] => tables.map(of);

describe('tables of one name in three accounts', () => {
  it('are three stores: to reports and the journal, by their places, and where they share capacity', () => {
    expect(all(storeName)).toEqual(['dynamodb:Orders', `dynamodb:${A}:Orders`, `dynamodb:${B}:Orders`]);
    expect(all(store => storePlaceText(writtenPlace(store, 'eu-west-1')))).toEqual([
      'dynamodb:eu-west-1:Orders',
      `dynamodb:eu-west-1:${A}:Orders`,
      `dynamodb:eu-west-1:${B}:Orders`,
    ]);
    expect(all(store => capacityOf(store, 'eu-west-1'))).toEqual([
      ['eu-west-1/Orders'],
      [`eu-west-1/${A}/Orders`],
      [`eu-west-1/${B}/Orders`],
    ]);
  });

  it('have a lock and a claim each', () => {
    const locked = lockedPlaces({ stores: tables, storeRegion: 'us-east-1' });
    expect(new Set(locked.map(({ resource }) => resource)).size).toBe(3);
    expect(claimsIn('us-east-1', [job({ stores: tables })]).map(({ name }) => name)).toEqual([
      '/kms-rewrap/stores/dynamodb/Orders',
      `/kms-rewrap/stores/dynamodb/${A}/Orders`,
      `/kms-rewrap/stores/dynamodb/${B}/Orders`,
    ]);
  });

  it('may be in one job, which the same table twice may not', () => {
    const parsed = (stores: readonly Store[]) => parseJob({ ...written(), stores }, formats);
    expect(parsed(tables)).toMatchObject({ kind: 'job' });
    expect(JSON.stringify(parsed([...tables, table(role(A, { externalId: 'other' }))]))).toContain(
      `has the data keys of stores[1] (dynamodb:${A}:Orders), too`,
    );
  });

  it('have places whose copies are of their account', () => {
    const copied: Store = {
      ...table(role(A)),
      copyTo: { region: 'eu-west-1', table: 'Orders2', createMissing: false },
    };
    expect(writtenPlace(copied, 'us-east-1')).toMatchObject({ account: A, name: 'Orders2' });
    expect(storeName(copied)).toBe(`dynamodb:${A}:Orders to dynamodb:eu-west-1:${A}:Orders2`);
  });
});

describe('a bucket', () => {
  it('is one place with a role and without it: its name is there once', () => {
    const places = [bucket(), bucket(role(A))].map(store => ownPlace(store, 'us-east-1'));
    expect(places[0]).toEqual(places[1]);
    expect(storeName(bucket(role(A)))).toBe(`s3:${A}:orders/`);
  });
});

describe('the text of a place', () => {
  it.each<StorePlace>([
    { type: 'dynamodb', region: 'us-east-1', name: 'Orders' },
    { type: 'dynamodb', region: 'us-east-1', account: A, name: 'Orders' },
    { type: 'dynamodb', region: 'us-east-1', name: A },
    { type: 'dynamodb', region: 'us-east-1', account: A, name: B },
    { type: 's3', region: 'us-east-1', name: 'orders', prefix: '' },
    { type: 's3', region: 'us-east-1', name: 'orders', prefix: `${A}:a/b:c` },
    { type: 's3', region: 'us-east-1', account: A, name: 'orders', prefix: 'a/' },
  ])('is read as it was written: %o', place => {
    expect(parseStorePlace(storePlaceText(place))).toEqual(place);
  });
});

function written() {
  const { source, destination, name } = job();
  return {
    name,
    source: { keys: source.keys.map(({ key }) => key) },
    destination: { key: destination.key },
  };
}

describe('a role in a job', () => {
  const problemsOf = (assumeRole: unknown): string => {
    const parsed = parseJob({ ...written(), stores: [{ ...table(), assumeRole }] }, formats);
    return parsed.kind === 'job' ? '' : JSON.stringify(parsed);
  };

  it('is a role by its ARN, with an external id', () => {
    for (const externalId of ['ab', 'a+=,.@:/-_9', 'x'.repeat(1_224)])
      expect(problemsOf({ ...role(A), externalId })).toBe('');
    expect(problemsOf({ roleArn: `arn:aws:iam::${A}:role/a/b/rewrap` })).toBe('');
    for (const externalId of ['a', 'a b', 'a*', '${x}', 'x'.repeat(1_225)])
      expect(problemsOf({ ...role(A), externalId })).toContain('is no external id');
    for (const roleArn of [
      ...['rewrap', `arn:aws:iam::${A}:user/rewrap`, `arn:aws:sts::${A}:assumed-role/rewrap/x`],
      ...[`arn:aws:iam::${A}:role/*`, `arn:aws:iam::22:role/rewrap`, `arn:aws:iam::${A}:role/\${x}/rewrap`],
    ])
      expect(problemsOf({ roleArn })).toContain('is no ARN of a role');
    expect(problemsOf({ role: role(A).roleArn })).toContain("did you mean 'roleArn'");
  });

  it('is of the partition of the keys', () => {
    expect(problemsOf({ roleArn: `arn:aws-cn:iam::${A}:role/rewrap` })).toContain(
      'is in the partition aws-cn, and the first source key in aws',
    );
  });

  it('has a name without its path', () => {
    expect(parseRoleArn(`arn:aws:iam::${A}:role/a/b/rewrap`)).toEqual({
      ...{ partition: 'aws', account: A, name: 'rewrap' },
    });
  });

  it('is not of the account of the deployment, whose tables would have two names', () => {
    expect(ownAccountRoles({ stores: tables }, A)).toEqual([
      expect.objectContaining({ path: 'stores[1].assumeRole.roleArn', value: role(A).roleArn }),
    ]);
    expect(ownAccountRoles({ stores: tables }, '111122223333')).toEqual([]);
  });
});

describe('Plan', () => {
  const denied: MayAssume = { kind: 'denied', message: 'no trust' };

  it('asks about each role once, and refuses those that cannot be assumed before it asks anything of their stores', async () => {
    const asked: string[] = [];
    const catalogs = {
      mayAssume: ({ roleArn }: AssumedRole): Promise<MayAssume> => {
        asked.push(roleArn);
        return Promise.resolve(roleArn.includes(B) ? denied : { kind: 'allowed' });
      },
    };
    await expect(
      needRoles([...tables, bucket(role(A))], { catalogs, account: '111122223333' }),
    ).rejects.toMatchObject({
      code: 'plan.roles',
      message: `stores[2].assumeRole = "${role(B).roleArn}": cannot be assumed: no trust`,
    });
    expect(asked).toEqual([role(A).roleArn, role(B).roleArn]);
  });

  it('refuses a role of its own account without asking STS', async () => {
    const asking = { catalogs: { mayAssume: () => Promise.reject(new Error('asked')) }, account: A };
    await expect(needRoles(tables, asking)).rejects.toMatchObject({ code: 'plan.roles' });
  });

  it('does so at each run', async () => {
    const [one] = job().stores;
    const jobs = [job({ stores: [{ ...one!, assumeRole: role(A) }] })];
    const refusing = { ...stores(), mayAssume: () => Promise.resolve(denied) };
    await expect(planRun({ ...REQUEST, jobs }, ports({ stores: refusing }))).rejects.toMatchObject({
      code: 'plan.roles',
    });
  });

  it('warns of a role that asks for no external id, which shows where the job names none', () => {
    expect(roleWarnings([table(), table(role(A)), table(role(B, { externalId: 'xy' }))])).toEqual([
      expect.stringContaining(`dynamodb:${A}:Orders: ${role(A).roleArn} asks for no external id`),
    ]);
  });
});
