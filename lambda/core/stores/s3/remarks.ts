import type { ObjectRecord, StoreRecord } from '../../model/record.ts';
import { isCopiedInParts } from './copy-in-parts.ts';
import type { BucketStore } from './schema.ts';

/** Days for which S3 bills an object of a class at least (S3 user guide, storage classes). */
const LEAST_DAYS: Readonly<Record<string, number>> = { STANDARD_IA: 30, ONEZONE_IA: 30, GLACIER_IR: 90 };
const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

/** What the first objects of a bucket show that a copy changes and cannot avoid. Nothing where only new objects are made. */
export function objectRemarks(records: readonly StoreRecord[], { copyTo }: BucketStore): readonly string[] {
  const objects = records.filter(record => record.kind === 'object');
  const of = `of the first ${objects.length.toLocaleString('en-US')} objects`;
  const about = (
    is: (object: ObjectRecord) => boolean,
    words: (count: string) => string,
  ): readonly string[] => {
    const count = objects.filter(is).length;
    return count === 0 ? [] : [words(`${count.toLocaleString('en-US')} ${of}`)];
  };
  return [
    ...(copyTo === undefined ? inPlace(about) : []),
    ...about(
      object => /-\d+"?$/.test(object.etag) && !isCopiedInParts(object),
      count =>
        `${count} were uploaded in parts: their copies have other ETags, and a checksum that was made of parts is then of all bytes; who compares ETags or such checksums must read them anew`,
    ),
    ...about(
      object => isCopiedInParts(object),
      count =>
        `${count} are over 5 GB: each is copied in parts, within one invocation of a worker, and has then other ETags and dates from the beginning of its copy; a worker that dies leaves parts, which are billed until a lifecycle rule of the bucket aborts incomplete uploads; one with annotations is left as it is`,
    ),
    ...about(
      ({ encryption }) => encryption?.algorithm.startsWith('aws:kms') === true,
      count =>
        `${count} are encrypted by S3 with a KMS key: their copies may have other ETags, and lose an additional encryption context of that encryption, because S3 does not show it`,
    ),
  ];
}

type About = (is: (object: ObjectRecord) => boolean, words: (count: string) => string) => readonly string[];

function inPlace(about: About): readonly string[] {
  return [
    ...about(
      ({ storageClass = '' }) => ARCHIVE_CLASSES.includes(storageClass),
      count => `${count} are archived: no run changes them, and each is named`,
    ),
    ...Object.entries(LEAST_DAYS).flatMap(([name, days]) =>
      about(
        ({ storageClass }) => storageClass === name,
        count =>
          `${count} are in ${name}, which is billed for ${days} days at least: a copy begins them anew, and the object that it replaces is billed for what is left of its own`,
      ),
    ),
    ...about(
      ({ storageClass }) => storageClass === 'INTELLIGENT_TIERING',
      count => `${count} are in INTELLIGENT_TIERING: their copies begin in its tier of frequent access`,
    ),
  ];
}
