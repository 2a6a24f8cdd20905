import { GetKeyLastUsageCommand } from '@aws-sdk/client-kms';
import type { KeyUsage } from '../../core/retire/ports.ts';
import { messageOf, nameOf } from '../aws/errors.ts';
import type { KmsChannel } from './channel.ts';

/** KMS does not tell it for keys of other accounts, without the permission, or where the operation does not exist yet. */
const NOT_TOLD = new Set([
  'AccessDeniedException',
  'NotFoundException',
  'UnsupportedOperationException',
  'UnknownOperationException',
]);

/** What KMS knows of the last use of a key, asked in the key's own Region. */
export async function keyUsage(channel: KmsChannel, keyArn: string): Promise<KeyUsage> {
  try {
    const command = new GetKeyLastUsageCommand({ KeyId: keyArn });
    const { KeyLastUsage, TrackingStartDate, KeyCreationDate } = await channel.send(
      keyArn,
      client => client.send(command),
      [],
    );
    const { Timestamp, Operation, CloudTrailEventId } = KeyLastUsage ?? {};
    if (Timestamp !== undefined)
      return {
        kind: 'used',
        at: Timestamp.getTime(),
        operation: Operation ?? 'an operation',
        eventId: CloudTrailEventId ?? 'not told',
      };
    const [tracked, created] = [TrackingStartDate?.getTime() ?? 0, KeyCreationDate?.getTime() ?? 0];
    return { kind: 'unused', since: Math.max(tracked, created), olderThanThat: created < tracked };
  } catch (error) {
    if (NOT_TOLD.has(nameOf(error)))
      return { kind: 'not-told', reason: `${nameOf(error)}: ${messageOf(error)}` };
    throw error;
  }
}
