import type { Job } from '../model/job.ts';
import type { KeyUser, RefusedCaller } from '../key-users/key-user.ts';
import type { UsersByKey } from '../key-users/gather-all-users.ts';
import { isOwn } from '../key-users/own-roles.ts';
import { makesCiphertexts, opensCiphertexts } from '../key-users/purpose.ts';
import { serviceOf } from '../key-users/service-of.ts';
import type { TableBackup } from '../stores/dynamodb/table-backups.ts';
import { kindOf } from '../stores/registry.ts';
import { arnIn, type DescribedKeys } from './described-keys.ts';
import type { Found, Look } from './look.ts';

/**
 * `sampled`: samples name it. `of-jobs`: no sample does, and jobs name it. `elsewhere`: neither, and somebody makes or opens ciphertexts under
 * it: these lie where nobody has looked, or do not say under which key they are. `services`: only services of AWS encrypt with it, as far as anything shows.
 * `other`: whatever it is used for, it is not for ciphertexts.
 */
export type KeyStanding = 'sampled' | 'of-jobs' | 'elsewhere' | 'services' | 'other';

export type DiscoveredUser = KeyUser & {
  /** A worker of this deployment. */
  readonly own: boolean;
  /** The service of AWS that has called, for the principal or by itself. */
  readonly service?: string;
};

/** What the service of a table or bucket encrypts with a key: all items, new objects, objects of the sample, or backups of a table. */
export interface ServerSideUse extends Found {
  readonly of: 'items' | 'new-objects' | 'objects' | 'backups';
  /** Of the sample. */
  readonly objects?: number;
  /** Of a table, which may be there no more, or have another key now. */
  readonly backups?: number;
}

export interface DiscoveredKey {
  readonly keyArn: string;
  readonly standing: KeyStanding;
  /** Tables and buckets whose samples name it. */
  readonly stores: number;
  /** Of these, those that no job names as a whole. */
  readonly storesNotNamed: number;
  /** Records of the samples that name it. */
  readonly records: number;
  /** Jobs that move data keys away from it. */
  readonly jobs: readonly string[];
  readonly serverSide: readonly ServerSideUse[];
  /** KMS has not said whether AWS manages it, as it does the keys of its services. */
  readonly undescribed?: true;
  /** Who has used it; absent where no trail was read. */
  readonly users?: readonly DiscoveredUser[];
  /** Whose calls have failed, and would fail without the key as well; absent where no trail was read. */
  readonly refused?: readonly RefusedCaller[];
}

/** What a trail says of all keys. `ownRoles`: ARNs of the roles of the deployment's workers. */
export interface TrailOfKeys {
  readonly keys: readonly UsersByKey[];
  readonly ownRoles: readonly string[];
}

interface KeySources {
  readonly looks: readonly Look[];
  readonly stores: readonly { readonly keys: readonly string[]; readonly coverage: string }[];
  readonly jobs: readonly Job[];
  readonly described: DescribedKeys;
  readonly trail?: TrailOfKeys;
  readonly backups?: BackupsInRegion;
}

/** On-demand backups of tables. */
export interface BackupsInRegion {
  readonly region: string;
  readonly backups: readonly TableBackup[];
}

/** Every key that samples, tables, buckets or the trail name, but for those that AWS manages: what depends on it, and who uses it. */
export function discoveredKeys(sources: KeySources): readonly DiscoveredKey[] {
  const { described, trail } = sources;
  const sampled = sampledRecords(sources);
  const serverSide = serverSideUses(sources);
  const used = (trail?.keys ?? []).map(({ key }) => arnIn(described, key));
  const ofAws = new Set([...described.values()].flatMap(({ arn, awsManaged }) => (awsManaged ? [arn] : [])));
  return [...new Set([...sampled.keys(), ...serverSide.keys(), ...used])]
    .filter(arn => !ofAws.has(arn) || sampled.has(arn))
    .map(arn =>
      discoveredKey(arn, sources, {
        records: sampled.get(arn) ?? 0,
        serverSide: serverSide.get(arn) ?? [],
      }),
    )
    .sort(worstFirst);
}

function discoveredKey(
  keyArn: string,
  { stores, jobs, described, trail }: KeySources,
  known: Pick<DiscoveredKey, 'records' | 'serverSide'>,
): DiscoveredKey {
  const isIt = (reference: string): boolean => arnIn(described, reference) === keyArn;
  const naming = stores.filter(({ keys }) => keys.some(isIt));
  const used = trail === undefined ? undefined : usersIn(trail, isIt);
  const isOfJobs = jobs.some(({ source, destination }) =>
    [...source.keys, destination].some(({ key }) => isIt(key)),
  );
  return {
    keyArn,
    standing:
      naming.length > 0
        ? 'sampled'
        : isOfJobs
          ? 'of-jobs'
          : unnamedStanding(used?.users ?? [], known.serverSide),
    stores: naming.length,
    storesNotNamed: naming.filter(({ coverage }) => coverage !== 'named').length,
    ...known,
    ...(naming.length === 0 &&
      ![...described.values()].some(({ arn }) => arn === keyArn) && { undescribed: true }),
    jobs: jobs.filter(({ source }) => source.keys.some(({ key }) => isIt(key))).map(({ name }) => name),
    ...used,
  };
}

/** One of the names may be that of an alias, which a call that failed has named: a principal may be among the users of both. */
function usersIn(
  { keys, ownRoles }: TrailOfKeys,
  isIt: (reference: string) => boolean,
): Required<Pick<DiscoveredKey, 'users' | 'refused'>> {
  const here = keys.filter(({ key }) => isIt(key));
  return {
    users: here.flatMap(({ users }) =>
      users.map(user => {
        const service = serviceOf(user);
        return { ...user, own: isOwn(user, ownRoles), ...(service !== undefined && { service }) };
      }),
    ),
    refused: here.flatMap(({ refused }) => refused),
  };
}

function unnamedStanding(
  users: readonly DiscoveredUser[],
  serverSide: readonly ServerSideUse[],
): KeyStanding {
  const byThemselves = users.filter(({ own, service }) => !own && service === undefined);
  const holds = byThemselves.some(({ uses }) =>
    uses.some(({ action }) => makesCiphertexts(action) || opensCiphertexts(action)),
  );
  if (holds) return 'elsewhere';
  return serverSide.length > 0 || users.some(({ service }) => service !== undefined) ? 'services' : 'other';
}

/** By key, the records of the samples that name it. */
function sampledRecords({ looks, described }: KeySources): ReadonlyMap<string, number> {
  const records = new Map<string, number>();
  for (const look of looks)
    if (look.kind === 'looked')
      for (const { keyArn, records: of } of look.recognition.keys) {
        const arn = arnIn(described, keyArn);
        records.set(arn, (records.get(arn) ?? 0) + of);
      }
  return records;
}

function serverSideUses({
  looks,
  described,
  backups,
}: KeySources): ReadonlyMap<string, readonly ServerSideUse[]> {
  const uses = new Map<string, ServerSideUse[]>();
  const add = (reference: string, use: ServerSideUse): void => {
    const arn = arnIn(described, reference);
    uses.set(arn, [...(uses.get(arn) ?? []), use]);
  };
  for (const look of looks) {
    const { type, name, region } = look;
    const of = kindOf(look).records === 'item' ? 'items' : 'new-objects';
    for (const key of look.serverSide.kind === 'seen' ? look.serverSide.value : [])
      add(key, { type, name, region, of });
    for (const { keyArn, records: objects } of look.kind === 'looked' ? look.recognition.serverSideKeys : [])
      add(keyArn, { type, name, region, of: 'objects', objects });
  }
  for (const { keyArn, ...use } of backups === undefined ? [] : backupUses(backups)) add(keyArn, use);
  return uses;
}

function backupUses({
  region,
  backups,
}: BackupsInRegion): readonly (ServerSideUse & { readonly keyArn: string })[] {
  const uses = new Map<string, ServerSideUse & { readonly keyArn: string; readonly backups: number }>();
  for (const { table: name, keyArn } of backups) {
    if (keyArn === undefined) continue;
    const known = uses.get(`${keyArn} ${name}`)?.backups ?? 0;
    const use = { type: 'dynamodb', name, region, of: 'backups', keyArn, backups: known + 1 } as const;
    uses.set(`${keyArn} ${name}`, use);
  }
  return [...uses.values()];
}

const ORDER: readonly KeyStanding[] = ['sampled', 'elsewhere', 'of-jobs', 'services', 'other'];

function worstFirst(a: DiscoveredKey, b: DiscoveredKey): number {
  return (
    ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) ||
    b.stores - a.stores ||
    b.records - a.records ||
    (a.keyArn < b.keyArn ? -1 : 1)
  );
}
