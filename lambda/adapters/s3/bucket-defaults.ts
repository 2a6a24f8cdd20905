import {
  GetBucketEncryptionCommand,
  GetObjectLockConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type {
  BucketDefaults,
  DefaultEncryption,
  DefaultLocks,
  LockPeriod,
} from '../../core/stores/s3/catalog.ts';
import type { Seen } from '../../core/stores/lookup.ts';
import { messageOf, nameOf } from '../aws/errors.ts';

export async function bucketDefaults(
  s3: S3Client,
  { bucket, encryption }: { readonly bucket: string; readonly encryption: boolean },
): Promise<BucketDefaults> {
  const locks = await seen(() => defaultLocks(s3, bucket));
  return { locks, ...(encryption && { encryption: await seen(() => defaultEncryption(s3, bucket)) }) };
}

/** What only warnings are made of ends no run, whatever S3 answers. */
export async function seen<T>(ask: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { kind: 'seen', value: await ask() };
  } catch (error) {
    return { kind: 'unseen', words: `${nameOf(error)}: ${messageOf(error)}` };
  }
}

async function defaultLocks(s3: S3Client, bucket: string): Promise<DefaultLocks> {
  try {
    const { ObjectLockConfiguration: locks } = await s3.send(
      new GetObjectLockConfigurationCommand({ Bucket: bucket }),
    );
    const { Mode, DefaultEventHold, ...period } = locks?.Rule?.DefaultRetention ?? {};
    return {
      ...(Mode !== undefined && { retention: { mode: Mode, ...lockPeriod(period) } }),
      ...(DefaultEventHold !== undefined && { eventHold: lockPeriod(DefaultEventHold) }),
    };
  } catch (error) {
    if (nameOf(error) === 'ObjectLockConfigurationNotFoundError') return {};
    throw error;
  }
}

function lockPeriod({
  Days: days,
  Years: years,
}: {
  readonly Days?: number | undefined;
  readonly Years?: number | undefined;
}): LockPeriod {
  return { ...(days !== undefined && { days }), ...(years !== undefined && { years }) };
}

/** As the bucket itself says it; S3 encrypts with AES256 where it says nothing. */
export async function defaultEncryption(s3: S3Client, bucket: string): Promise<DefaultEncryption> {
  const { ServerSideEncryptionConfiguration: shown } = await s3.send(
    new GetBucketEncryptionCommand({ Bucket: bucket }),
  );
  const { SSEAlgorithm, KMSMasterKeyID } = shown?.Rules?.[0]?.ApplyServerSideEncryptionByDefault ?? {};
  return {
    algorithm: SSEAlgorithm ?? 'AES256',
    ...(KMSMasterKeyID !== undefined && { key: KMSMasterKeyID }),
  };
}
