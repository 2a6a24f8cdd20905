import { existsSync } from 'node:fs';
import { deployedJobs } from '../../lambda/adapters/run/deployment.ts';
import {
  settingDifferences,
  SETTINGS_FILE,
  type DeployedSettings,
  type DeploymentSettings,
} from '../../lambda/core/job/deployed-settings.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { loadSettings } from '../../lib/jobs/load-settings.ts';
import type { Where } from '../context/command-context.ts';

/** What a deployment was told, and what its file says now. */
export interface SettingsOf {
  readonly deployment: string;
  /** Absent where there is no file here, or it is about another deployment. */
  readonly file?: DeploymentSettings;
  /** Absent where nothing is deployed, or by an earlier version. */
  readonly deployed?: DeployedSettings;
  /** What the next deployment would change, a line for each setting. */
  readonly differences: readonly string[];
}

/** The deployed jobs besides; none where nothing is deployed, or by an earlier version. */
export interface SettingsAndJobs {
  readonly settings: SettingsOf;
  readonly jobs: readonly Job[];
}

/** @throws JobsRefused where the file is wrong */
export async function settingsAndJobs({ deployment, aws }: Where): Promise<SettingsAndJobs> {
  const here = existsSync(SETTINGS_FILE) ? loadSettings(SETTINGS_FILE) : undefined;
  const file = here?.name === deployment ? here : undefined;
  const found = await deployedJobs(deployment, aws);
  const deployed = found.kind === 'jobs' ? found.settings : undefined;
  const settings = {
    deployment,
    ...(file !== undefined && { file }),
    ...(deployed !== undefined && { deployed }),
    differences: file === undefined || deployed === undefined ? [] : settingDifferences(file, deployed),
  };
  return { settings, jobs: found.kind === 'jobs' ? found.jobs : [] };
}
