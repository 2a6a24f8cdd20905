import {
  DescribeKeyCommand,
  paginateListKeys,
  paginateListResourceTags,
  ScheduleKeyDeletionCommand,
  type KeyMetadata,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { errorNameOf } from '../waiting.ts';
import type { Clients } from '../world.ts';
import type { Removal } from './outcome.ts';
import { TAG } from './thing.ts';

/** The shortest that KMS has. */
const WAITING_DAYS = 7;

/**
 * Schedules the deletion of each key that has both tags of the run. The ledger does not know ARNs: a kill may have come between the making
 * of a key and its answer, and a lost answer makes the SDK ask for another key. So all keys of the Region are asked for their tags, and no
 * other one is touched.
 */
export async function removeKeys(
  { kms }: Clients,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Removal> {
  const arns = await keysTagged(kms, { [TAG]: id, Name: name });
  if (arns.length === 0) return { kind: 'not-there' };
  const dates: string[] = [];
  for (const arn of arns) dates.push(await scheduled(kms, arn));
  const region = await kms.config.region();
  return {
    kind: 'pending',
    until: [...new Set(dates)].join(', '),
    command: arns.map(arn => `aws kms cancel-key-deletion --key-id ${arn} --region ${region}`).join('; '),
  };
}

/** The day on which KMS deletes it. A primary key waits for its replicas, and has no date until they are gone. */
async function scheduled(kms: KMSClient, arn: string): Promise<string> {
  const metadata = await described(kms, arn);
  if (!/^Pending(Replica)?Deletion$/.test(metadata?.KeyState ?? ''))
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: WAITING_DAYS }));
  const date = (await described(kms, arn))?.DeletionDate?.toISOString().slice(0, 10);
  return date ?? `the ${WAITING_DAYS}th day after its replica is gone`;
}

async function described(kms: KMSClient, arn: string): Promise<KeyMetadata | undefined> {
  return (await kms.send(new DescribeKeyCommand({ KeyId: arn }))).KeyMetadata;
}

async function keysTagged(
  kms: KMSClient,
  wanted: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
    for (const { KeyArn = '' } of Keys) {
      const tags = await tagsOf(kms, KeyArn);
      if (Object.entries(wanted).every(([key, value]) => tags[key] === value)) found.push(KeyArn);
    }
  return found;
}

/** A key whose tags the caller may not see is none of this run. */
async function tagsOf(kms: KMSClient, KeyId: string): Promise<Readonly<Record<string, string>>> {
  try {
    const tags: Record<string, string> = {};
    for await (const { Tags = [] } of paginateListResourceTags({ client: kms }, { KeyId }))
      for (const { TagKey = '', TagValue = '' } of Tags) tags[TagKey] = TagValue;
    return tags;
  } catch (error) {
    if (errorNameOf(error) === 'AccessDeniedException') return {};
    throw error;
  }
}
