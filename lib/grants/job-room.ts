import {
  followedBuckets,
  followedTables,
  MOST_FOLLOWED_BUCKETS,
  namesOfFollowedBuckets,
} from '../../lambda/core/job/followed-stores.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { destinationRegion, sourceRegion } from '../../lambda/core/model/job-regions.ts';
import { writtenPlace } from '../../lambda/core/stores/places.ts';
import { charactersOf } from './bundles.ts';
import type { Home } from './grant.ts';
import { JOB_GRANTS, ROLES_OF_JOBS, type RoleOfJobs } from './job-grants.ts';

/** IAM user guide, quotas: up to 25, by Service Quotas. */
export const MANAGED_POLICIES = 10;
/** CloudFormation user guide, quotas; one more is the CDK's own metadata. */
export const RESOURCES = 500 - 1;

/** What can be counted on for jobs: where a statement is cut, its actions and conditions are written again. */
const FILLED = { inline: 6_500, managed: 5_500 } as const;
/** What a stack has besides claims, schedules and managed policies, under any settings: test/infra/room.test.ts counts. */
export const OTHER_RESOURCES = 75;
/** The longest that these can become: what is counted must not depend on where the stack is. */
const ANYWHERE: Home = { partition: 'aws-us-gov', account: '111122223333' };

export interface RoomSettings {
  readonly allowPlaintextRoute: boolean;
  readonly managedPoliciesPerRole: number;
}

/** Characters of what jobs need of each role. */
export type CharactersOfJobs = ReadonlyMap<RoleOfJobs, number>;

export function charactersOfJobs(
  jobs: readonly Job[],
  { allowPlaintextRoute }: Pick<RoomSettings, 'allowPlaintextRoute'>,
): CharactersOfJobs {
  const roles = rolesFor(jobs, allowPlaintextRoute);
  return new Map(roles.map(role => [role, charactersOf(JOB_GRANTS[role](jobs, ANYWHERE))]));
}

/** Those that a deployment of these jobs has. */
function rolesFor(jobs: readonly Job[], allowPlaintextRoute: boolean): readonly RoleOfJobs[] {
  const none: readonly RoleOfJobs[] = [
    ...(allowPlaintextRoute ? [] : (['MigrateUnitPlaintext'] as const)),
    ...(followedTables(jobs).length > 0 ? [] : (['FollowTable'] as const)),
    ...(followedBuckets(jobs).length > 0 ? [] : (['FollowBucket'] as const)),
  ];
  return ROLES_OF_JOBS.filter(role => !none.includes(role));
}

/** Characters that a role has for jobs. */
export function capacityOf(managedPolicies: number): number {
  return FILLED.inline + managedPolicies * FILLED.managed;
}

export interface RoomForMore {
  /** The job itself has room. */
  readonly fits: boolean;
  /** For how many more jobs like it; `null` if they take no room, as they need what is granted anyway. */
  readonly more: number | null;
  /** More buckets would be followed than a deployment can follow, and no quota raises that. */
  readonly followedBuckets?: number;
}

/** Whether a deployment has room for a job beside others of its Region, and for how many more like it: at least so many. */
export function roomForMore(job: Job, others: readonly Job[], settings: RoomSettings): RoomForMore {
  const beside = others.filter(
    ({ name, destination }) =>
      name !== job.name && destinationRegion({ destination }) === destinationRegion(job),
  );
  const together = [...beside, job];
  const followed = bucketsLeft(beside, together);
  const left = [
    followed,
    ...charactersLeft(beside, together, settings),
    {
      all: RESOURCES - OTHER_RESOURCES - resourcesOfPolicies(together, settings),
      ...resourcesUsed(beside, together),
    },
  ];
  const more = Math.min(
    ...left.map(({ all, before, after }) =>
      after === before ? Infinity : Math.floor((all - after) / (after - before)),
    ),
  );
  const fits = left.every(({ all, after }) => after <= all);
  return {
    ...{ fits, more: more === Infinity ? null : Math.max(0, more) },
    ...(followed.after > followed.all && { followedBuckets: followed.after }),
  };
}

interface Left {
  readonly all: number;
  readonly before: number;
  readonly after: number;
}

/** Each has a rule that may send to the queue, and the policy of the queue names all of them. */
function bucketsLeft(beside: readonly Job[], together: readonly Job[]): Left {
  const [before, after] = [beside, together].map(jobs => namesOfFollowedBuckets(jobs).length);
  return { all: MOST_FOLLOWED_BUCKETS, before: before ?? 0, after: after ?? 0 };
}

function charactersLeft(
  beside: readonly Job[],
  together: readonly Job[],
  settings: RoomSettings,
): readonly Left[] {
  const before = charactersOfJobs(beside, settings);
  const all = capacityOf(settings.managedPoliciesPerRole);
  return [...charactersOfJobs(together, settings)].map(([role, after]) => ({
    ...{ all, after },
    before: before.get(role) ?? 0,
  }));
}

/** With all policies full. */
function resourcesOfPolicies(
  jobs: readonly Job[],
  { allowPlaintextRoute, managedPoliciesPerRole }: RoomSettings,
): number {
  return rolesFor(jobs, allowPlaintextRoute).length * managedPoliciesPerRole;
}

function resourcesUsed(beside: readonly Job[], together: readonly Job[]): Omit<Left, 'all'> {
  return { before: resourcesOf(beside), after: resourcesOf(together) };
}

/** What the first follower of a kind brings, whatever the settings: test/infra/room.test.ts counts. Each table has a mapping besides, and each bucket a rule. */
export const RESOURCES_OF_FOLLOWER = { tables: 8, buckets: 11 } as const;

/** Claims of the stores of this Region, each once, schedules, and what is followed. */
function resourcesOf(jobs: readonly Job[]): number {
  const claims = jobs.flatMap(job =>
    job.stores
      .map(store => writtenPlace(store, sourceRegion(job)))
      .filter(({ region }) => region === destinationRegion(job))
      .map(({ type, account = '', name }) => `${type} ${account} ${name}`),
  );
  const mappings = followedTables(jobs).length;
  const rules = namesOfFollowedBuckets(jobs).length;
  return (
    new Set(claims).size +
    jobs.filter(({ schedule }) => schedule !== undefined).length +
    (mappings === 0 ? 0 : RESOURCES_OF_FOLLOWER.tables + mappings) +
    (rules === 0 ? 0 : RESOURCES_OF_FOLLOWER.buckets + rules)
  );
}
