import type { DeploymentSettings } from '../../lambda/core/job/deployed-settings.ts';
import { JobsRefused } from './jobs-refused.ts';

const NAMES: Readonly<Record<keyof DeploymentSettings, true>> = {
  name: true,
  profile: true,
  jobs: true,
  allowPlaintextRoute: true,
  journalRetentionDays: true,
  journalObjectLock: true,
  workerTimeoutSeconds: true,
  schedules: true,
  notify: true,
  dashboard: true,
  tracing: true,
  customerManagedKey: true,
  evidence: true,
  journalReaders: true,
  takeOver: true,
  managedPoliciesPerRole: true,
};

/**
 * A flag (`-c`) is forgotten by the next person who deploys, and takes its setting with it. So a flag may repeat what the
 * settings say, and nothing else.
 *
 * @throws JobsRefused
 */
export function refuseContext(settings: DeploymentSettings, context: (name: string) => unknown): void {
  const lines = (Object.keys(NAMES) as (keyof DeploymentSettings)[]).flatMap(name => {
    const value = context(name);
    if (value === undefined || value === settings[name] || value === written(settings[name])) return [];
    return [
      `-c ${name}=${JSON.stringify(value)}: the settings of the deployment say ${settings[name] === undefined ? 'nothing of it' : JSON.stringify(settings[name])}; write it into deployment.json, where the next deployment finds it, or name another file with -c deployment=FILE`,
    ];
  });
  if (lines.length > 0) throw new JobsRefused(lines.join('\n'));
}

/** As `-c` has it: a text as it is, and anything else as JSON. */
function written(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
