import { Duration } from 'aws-cdk-lib';
import type { DeploymentSettings } from '../../lambda/core/job/deployed-settings.ts';

/** How long the journal is kept, and whether anyone may delete from it earlier. */
export interface JournalProtection {
  /** Objects go when they are so old, in whole days. @default never */
  readonly retention?: Duration;
  /** S3 Object Lock for as long as the retention; `compliance` binds even the root user. @default none */
  readonly objectLock?: 'governance' | 'compliance';
}

/** What the settings of a deployment say about its journal. */
export function journalProtection({
  journalRetentionDays: days,
  journalObjectLock: objectLock,
}: Pick<DeploymentSettings, 'journalRetentionDays' | 'journalObjectLock'>): JournalProtection {
  return {
    ...(days !== undefined && { retention: Duration.days(days) }),
    ...(objectLock !== undefined && { objectLock }),
  };
}
