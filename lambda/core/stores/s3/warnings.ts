import type { RunMode } from '../../model/run.ts';
import { COPY_TO_WARNING, COPY_WARNING } from '../copies.ts';
import type { Seen } from '../lookup.ts';
import type { BucketDefaults, BucketDescription, LockPeriod } from './catalog.ts';
import type { BucketStore } from './schema.ts';

/** What a run changes in a bucket besides the data keys, and cannot avoid. Of the bucket that is written to. */
export function bucketWarnings(
  { copyTo }: BucketStore,
  { versioned, accessControlLists }: BucketDescription,
  { locks, encryption, mode }: BucketDefaults & { readonly mode: RunMode },
): readonly string[] {
  // Whoever only looks changes nothing.
  if (mode !== 'migrate') return copyTo === undefined ? [] : [COPY_WARNING, COPY_TO_WARNING];
  return [
    ...(copyTo === undefined
      ? [
          'a new data key in metadata needs a copy of the object: Last-Modified changes, and lifecycle rules, replication and notifications react to it',
        ]
      : [COPY_WARNING, COPY_TO_WARNING]),
    ...(versioned && copyTo === undefined
      ? [
          'versioning keeps another version of every object with its old data key, which is billed and readable with the source key',
        ]
      : []),
    ...(accessControlLists
      ? ["access control lists are in force: each object's own is read and sent again with the copy"]
      : []),
    ...lockWarnings(locks),
    ...encryptionWarnings(encryption),
  ];
}

/** A copy that names no lock gets those of its bucket, and S3 takes no request for none. */
function lockWarnings(locks: BucketDefaults['locks']): readonly string[] {
  if (locks.kind === 'unseen') return [unseen('whether the bucket locks new objects', locks)];
  const { retention, eventHold } = locks.value;
  return [
    ...(retention === undefined
      ? []
      : [
          `the bucket retains new objects for ${periodText(retention)} (${retention.mode}): so it does the copy of each object that has no running retention of its own; ${retention.mode === 'COMPLIANCE' ? 'nobody can delete it before' : 'deleting it before takes a permission of its own'}`,
        ]),
    ...(eventHold === undefined
      ? []
      : [
          `the bucket puts new objects on hold until an event, and for ${periodText(eventHold)} after it: so it does the copy of each object that was never on such a hold`,
        ]),
  ];
}

function encryptionWarnings(encryption: BucketDefaults['encryption']): readonly string[] {
  if (encryption === undefined) return [];
  if (encryption.kind === 'unseen') return [unseen('how the bucket encrypts the copies', encryption)];
  const { algorithm, key } = encryption.value;
  return algorithm === 'AES256'
    ? []
    : [
        `the bucket encrypts copies with ${key ?? 'the key aws/s3'} (${algorithm}), as copyTo names no serverSideEncryptionKey: where that is a key of your own, name it there, so that the role may use it`,
      ];
}

function unseen(what: string, { words }: Seen<unknown> & { readonly kind: 'unseen' }): string {
  return `this role could not see ${what} (${words}): look before the run`;
}

function periodText({ days, years }: LockPeriod): string {
  const [count, unit] = days === undefined ? [years ?? 0, 'year'] : [days, 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
