import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { errorNameOf } from '../waiting.ts';
import type { Clients } from '../world.ts';
import type { Removal } from './outcome.ts';

/** All versions first: the last listing shows none. */
export async function removeBucket({ s3 }: Clients, Bucket: string): Promise<Removal> {
  try {
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) break;
      const { Errors: [first] = [] } = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      if (first !== undefined)
        throw new Error(`${first.Key} cannot be deleted: ${first.Code} ${first.Message}`);
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
    return { kind: 'removed' };
  } catch (error) {
    if (errorNameOf(error) === 'NoSuchBucket') return { kind: 'not-there' };
    throw error;
  }
}
