import { existsSync } from 'node:fs';
import { SETTINGS_FILE } from '../../lambda/core/job/deployed-settings.ts';
import { MOST_FOLLOWED_BUCKETS } from '../../lambda/core/job/followed-stores.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import {
  MANAGED_POLICIES,
  roomForMore,
  type RoomForMore,
  type RoomSettings,
} from '../../lib/grants/job-room.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { loadSettings } from '../../lib/jobs/load-settings.ts';

/** The room of a deployment, as it would be with a job. */
export interface Room extends RoomForMore {
  readonly deployment: string;
}

/** The other jobs of a deployment, and what of its settings decides about room. */
export interface Beside {
  readonly deployment: string;
  readonly jobs: readonly Job[];
  readonly settings: RoomSettings | undefined;
}

export function roomOf(job: Job, { deployment, jobs, settings = DEFAULTS }: Beside): Room {
  return { deployment, ...roomForMore(job, jobs, settings) };
}

const DEFAULTS: RoomSettings = { allowPlaintextRoute: false, managedPoliciesPerRole: MANAGED_POLICIES };

/** What a folder of jobs and the settings file here would deploy. What is wrong in them, other commands say. */
export function besideHere(deployment: string, folder: string): Beside {
  const settings = orNothing(() => (existsSync(SETTINGS_FILE) ? loadSettings(SETTINGS_FILE) : undefined));
  const isOurs = settings === undefined || settings.name === deployment;
  return {
    deployment,
    jobs: (isOurs ? orNothing(() => loadJobs(folder)) : undefined) ?? [],
    settings: isOurs ? settings : undefined,
  };
}

function orNothing<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof JobsRefused) return undefined;
    throw error;
  }
}

export function roomText({ deployment, fits, more, followedBuckets }: Room): string {
  if (followedBuckets !== undefined)
    return `deployment ${deployment} has no room for this job: ${followedBuckets} buckets would be followed, and one deployment follows ${MOST_FOLLOWED_BUCKETS} at most; leave some out of follow.buckets, or make a second deployment`;
  if (!fits)
    return `deployment ${deployment} has no room for this job: let jobs share keys or buckets, make a second deployment, or raise managedPoliciesPerRole`;
  return more === null
    ? `deployment ${deployment} has room for any number of jobs like this one: they need what is granted anyway`
    : `deployment ${deployment} has room for about ${more} more jobs like this one`;
}
