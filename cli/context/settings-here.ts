import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_DEPLOYMENT, SETTINGS_FILE } from '../../lambda/core/job/deployed-settings.ts';

export interface SettingsHere {
  readonly deployment: string;
  readonly jobs: string;
}

const DEFAULTS: SettingsHere = { deployment: DEFAULT_DEPLOYMENT, jobs: 'jobs' };

/**
 * Name and jobs of the deployment that this folder is about. Read without the schema, which takes as long to load as a
 * command to start; `rewrap plan` and the CDK app validate the file.
 */
export function settingsHere(file = SETTINGS_FILE): SettingsHere {
  if (!existsSync(file)) return DEFAULTS;
  const { name, jobs } = fieldsOf(file);
  return {
    deployment: typeof name === 'string' ? name : DEFAULTS.deployment,
    jobs: join(dirname(file), typeof jobs === 'string' ? jobs : DEFAULTS.jobs),
  };
}

/** A file that cannot be read is named by the command that needs more of it than a name. */
function fieldsOf(file: string): { readonly name?: unknown; readonly jobs?: unknown } {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as object;
  } catch {
    return {};
  }
}
