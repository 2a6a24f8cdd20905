import type { ObjectRecord, StoreRecord } from '../../model/record.ts';
import type { BucketStore } from './schema.ts';

/** Days for which S3 bills an object of a class at least (S3 user guide, storage classes). */
const LEAST_DAYS: Readonly<Record<string, number>> = { STANDARD_IA: 30, ONEZONE_IA: 30, GLACIER_IR: 90 };
const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

/** One copy takes up to 5 GiB (S3 API reference, CopyObject). */
const LARGE_BYTES = 5 * 1024 ** 3;

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
      ({ etag }) => /-\d+"?$/.test(etag),
      count =>
        `${count} were uploaded in parts: their copies have other ETags, and a checksum that was made of parts is then of all bytes; who compares ETags or such checksums must read them anew`,
    ),
    ...about(
      ({ size }) => size > LARGE_BYTES,
      count => `${count} are over 5 GB, which no single copy takes: each is named and left`,
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
