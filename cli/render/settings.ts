import colors from 'picocolors';
import type { DeployedSettings } from '../../lambda/core/job/deployed-settings.ts';
import type { SettingsOf } from '../deployment/settings.ts';

/** The settings of a deployment, and how its file differs from them. */
export function settingsOfText({ deployment, file, deployed, differences }: SettingsOf): string {
  const shown = deployed ?? file;
  if (shown === undefined) return `deployment ${deployment}: there are no settings of it here`;
  const which = deployed === undefined ? 'as deployment.json says' : 'as it is deployed';
  return [
    `deployment ${deployment}, ${which}: ${wordsOf(shown)}`,
    ...differences.map(
      line => `${colors.yellow('!')} deployment.json differs from what is deployed: ${line}`,
    ),
  ].join('\n');
}

function wordsOf(settings: DeployedSettings): string {
  const { journalRetentionDays, journalObjectLock, workerTimeoutSeconds, schedules, allowPlaintextRoute } =
    settings;
  return [
    ...(settings.profile === undefined ? [] : [`profile ${settings.profile}`]),
    keyWords(settings),
    `journal kept ${journalRetentionDays === undefined ? 'for good' : `for ${journalRetentionDays} days`}`,
    journalObjectLock === undefined ? 'without Object Lock' : `under Object Lock (${journalObjectLock})`,
    `schedules ${schedules ? 'on' : 'off'}`,
    `plaintext route ${allowPlaintextRoute ? 'allowed' : 'not allowed'}`,
    `workers ${workerTimeoutSeconds} s`,
  ].join(', ');
}

function keyWords({ customerManagedKey }: DeployedSettings): string {
  if (typeof customerManagedKey === 'string') return `encrypted with ${customerManagedKey}`;
  return customerManagedKey ? 'encrypted with a key of its own' : 'encrypted with keys of AWS';
}
