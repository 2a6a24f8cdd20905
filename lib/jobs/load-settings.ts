import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DeploymentSettings } from '../../lambda/core/job/deployed-settings.ts';
import { parseSettings } from '../../lambda/core/job/deployment-settings.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { JobsRefused } from './jobs-refused.ts';
import { readJson } from './read-json.ts';

/**
 * Reads and validates the settings of a deployment. The folder of its jobs comes back as seen from here.
 *
 * @throws JobsRefused naming all problems
 */
export function loadSettings(file: string): DeploymentSettings {
  if (!existsSync(file))
    throw new JobsRefused(
      `${file}: is missing; write { "jobs": "FOLDER" } there, or work in the folder that has it`,
    );
  const read = readJson(file);
  if (read.kind === 'refused') throw new JobsRefused(`${file}: ${read.words}`);
  const settings = checkedSettings(file, read.value);
  return { ...settings, jobs: relative('', join(dirname(file), settings.jobs)) || '.' };
}

/** @throws JobsRefused with one line for each problem */
export function checkedSettings(file: string, input: unknown): DeploymentSettings {
  const parsed = parseSettings(input);
  if (parsed.kind === 'settings') return parsed.settings;
  throw new JobsRefused(parsed.problems.map(problem => `${file}: ${formatProblem(problem)}`).join('\n'));
}
