import type { Difference } from '../differences.ts';
import { MOTO_REFUSALS } from './moto-refusals.ts';

const NO_ANNOTATIONS = {
  right: 'not there',
  why: 'it has no annotations, and answers their operations as if they were others',
} as const;

const NO_CHECKSUM_TYPE = {
  right: 'embedded',
  why: 'answers name the type of a checksum (FULL_OBJECT or COMPOSITE)',
} as const;

/** What moto does otherwise; what it takes and S3 refuses is in `moto-refusals.ts`. */
export const MOTO: readonly Omit<Difference, 'peer'>[] = [
  ...MOTO_REFUSALS,
  { suite: 'emulator/s3-annotations', ...NO_ANNOTATIONS },
  { suite: 'contract/', messages: /ListObjectAnnotations/, ...NO_ANNOTATIONS },
  {
    suite: '',
    tests: /where (?:it|the object) has annotations|annotations come with a copy/,
    ...NO_ANNOTATIONS,
  },
  {
    suite: 'emulator/s3-multipart',
    tests: /checksum|becomes an object with the attributes/,
    ...NO_CHECKSUM_TYPE,
  },
  { suite: 'emulator/s3-clients', tests: /a put with the checksum that it stored/, ...NO_CHECKSUM_TYPE },
  { suite: 'emulator/s3-refusals', tests: /has the checksum of the object/, ...NO_CHECKSUM_TYPE },
  {
    suite: 'emulator/s3',
    tests: /is refused for an archived object|can be read and copied while it is restored/,
    right: 'not documented',
    why: 'the page of CopyObject names ObjectNotInActiveTierError, the list of error codes InvalidObjectState; the product goes by the storage class',
  },
  {
    suite: 'emulator/s3',
    tests: /page by page|begins the next page of versions|comes in pages|names the next marker/,
    right: 'not there',
    why: 'small pages: those that a test sets, or asks for',
  },
  {
    suite: 'emulator/s3-clients',
    tests: /encodes keys as in URLs in every listing/,
    right: 'embedded',
    why: 'encoding-type=url holds for listings of versions, too',
  },
  {
    suite: 'emulator/s3-multipart',
    tests:
      /above the limit is copied in parts only|is as old as the beginning of its upload|parts are complete, in order/,
    right: 'not there',
    why: 'limits and a clock that a test can set; parts in a wrong order it calls too small',
  },
  {
    suite: 'emulator/s3-buckets',
    tests: /tells Regions only where|is refused for a Region/,
    right: 'embedded',
    why: 'ListBuckets answers by pages, prefix and Region, and then names the Region of each bucket',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /goes by key, and by age within a key/,
    right: 'embedded',
    why: 'uploads of one key are listed in the order in which they began; it lists them in any',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /a listing of uploads shows common prefixes/,
    right: 'embedded',
    why: 'ListMultipartUploads has common prefixes where there is a delimiter; it lists none',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /has the parts of one in pages/,
    right: 'embedded',
    why: 'a page of ListParts that is not the last one is truncated, and tells the type of the checksum; it says that it is the last',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /answers as if there were no object|cannot be read by its id/,
    right: 'embedded',
    why: 'who reads a delete marker is told so by x-amz-delete-marker, and 405 if it is named by its id',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /takes no tags and shows none|has an access control list only if/,
    right: 'not documented',
    why: 'what the tags and the access control list of a delete marker are; AWS has been seen to answer 405 where it answers 404',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /is told where the version is gone/,
    right: 'not documented',
    why: 'NoSuchVersion names the key and the version; the error and its status are the same',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /tells whoever copies which version|null is shown to all but the writer/,
    right: 'not documented',
    why: 'to whom the version `null` of suspended versioning is told; it tells whoever copies from it, and not who reads it',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /shows common prefixes, and goes on behind them|goes on behind a version that is gone/,
    right: 'not documented',
    why: 'the page of ListObjectVersions calls NextKeyMarker the first key that is not returned; it answers the last one that is, as does AWS, and goes on within a common prefix, or nowhere',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /tells of versions and delete markers/,
    right: 'embedded',
    why: 'DeletedObject says that a deleted version was a delete marker, and which; it does not',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /deletes the others where one is locked/,
    right: 'embedded',
    why: 'a quiet DeleteObjects answers errors alone; it lists what it has deleted',
  },
  {
    suite: 'emulator/s3-encryption',
    tests: /is refused by a bucket until it is allowed there/,
    right: 'embedded',
    why: 'each bucket has a default encryption, and blocks keys of the customer; a new one of it has none',
  },
];
