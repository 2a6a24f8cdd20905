import { sourceRegion } from '../model/job-regions.ts';
import type { Job } from '../model/job.ts';
import { parseStreamArn } from '../model/stream-arn.ts';
import type { StoreCatalogs } from '../stores/registry.ts';

type Catalogs = Pick<StoreCatalogs, 'dynamodb' | 's3'>;

/** Why the follower of a job is told of no write to something that it follows, or may be told of none; empty if it hears of all. */
export async function unheard(job: Job, catalogs: Catalogs): Promise<readonly string[]> {
  const { streams = [], buckets = [] } = job.follow ?? {};
  const region = sourceRegion(job);
  const words = await Promise.all([
    ...streams.map(stream => unheardTable(stream, catalogs)),
    ...buckets.map(bucket => unheardBucket({ region, bucket }, catalogs)),
  ]);
  return words.filter(one => one !== undefined);
}

/** A stream that is turned off and on again has another ARN, and nobody writes to the former one any more. */
async function unheardTable(streamArn: string, { dynamodb }: Catalogs): Promise<string | undefined> {
  const { region, table } = parseStreamArn(streamArn) ?? {};
  if (region === undefined || table === undefined) return `${streamArn} is no stream of a table`;
  const about = `dynamodb:${region}:${table}`;
  const lookup = await dynamodb.describeTable({ region, table });
  switch (lookup.kind) {
    case 'not-found':
      return `${about}: is to be followed by ${streamArn}, and is not there`;
    case 'denied':
      return `${about}: this role could not see whether ${streamArn} is its stream (${lookup.message}): look before the run`;
    case 'found':
      return lookup.description.streamArn === streamArn
        ? undefined
        : `${about}: is to be followed by ${streamArn}, and ${lookup.description.streamArn === undefined ? 'its stream is off' : `its stream is ${lookup.description.streamArn}`}: until the job names the stream that it has, and is deployed, nobody hears of late writes`;
  }
}

async function unheardBucket(
  { region, bucket }: { readonly region: string; readonly bucket: string },
  { s3 }: Catalogs,
): Promise<string | undefined> {
  const seen = await s3.tellsEventBridge({ region, bucket });
  if (seen.kind === 'unseen')
    return `s3:${region}:${bucket}: this role could not see whether the bucket sends its events to EventBridge (${seen.words}): look before the run`;
  return seen.value
    ? undefined
    : `s3:${region}:${bucket}: is to be followed, and does not send its events to EventBridge: until its owner turns that on (docs/follow.md), nobody hears of late writes`;
}
