import { Duration } from 'aws-cdk-lib';

/** How long the journal is kept, and whether anyone may delete from it earlier. */
export interface JournalProtection {
  /** Objects go when they are so old. @default never */
  readonly retention?: Duration;
  /** S3 Object Lock for as long as the retention; `compliance` binds even the root user. @default none */
  readonly objectLock?: 'governance' | 'compliance';
}

/** How far DynamoDB's point-in-time recovery reaches back. A restored table holds old data keys. */
const MIN_RETENTION_DAYS = 35;
const LOCKS = ['governance', 'compliance'] as const;

/** A setting of the deployment makes no sense. Names it, and says what to write instead. */
export class ContextRefused extends Error {
  override readonly name = 'ContextRefused';
}

/** CDK context, from cdk.json or `-c`. */
export interface JournalContext {
  readonly journalRetentionDays?: unknown;
  readonly journalObjectLock?: unknown;
}

/**
 * The context of the app, checked.
 *
 * @throws ContextRefused
 */
export function journalProtection({
  journalRetentionDays,
  journalObjectLock,
}: JournalContext): JournalProtection {
  const days = journalRetentionDays === undefined ? undefined : Number(journalRetentionDays);
  if (days !== undefined && (!Number.isInteger(days) || days < MIN_RETENTION_DAYS))
    throw new ContextRefused(
      `journalRetentionDays = ${String(journalRetentionDays)}: is not a whole number of days, at least ${MIN_RETENTION_DAYS}, which is how far point-in-time recovery reaches back; write at least the retention of your longest backup`,
    );
  if (journalObjectLock === undefined) return days === undefined ? {} : { retention: Duration.days(days) };
  const objectLock = LOCKS.find(one => one === journalObjectLock);
  if (objectLock === undefined)
    throw new ContextRefused(
      `journalObjectLock = ${JSON.stringify(journalObjectLock)}: write governance or compliance`,
    );
  if (days === undefined)
    throw new ContextRefused(
      'journalObjectLock needs journalRetentionDays: how long nobody may delete from the journal',
    );
  return { retention: Duration.days(days), objectLock };
}
