import type { Difference } from '../differences.ts';

/** What moto takes, or refuses by another error. */
export const MOTO_REFUSALS: readonly Omit<Difference, 'peer'>[] = [
  {
    suite: '',
    tests:
      /obeys (?:the )?conditions|sees a change of metadata alone|if another writer was first|whose payload has changed|on a condition is a conflict/,
    messages: /"?precondition-failed"?.*"written"|PreconditionFailed/,
    right: 'embedded',
    why: 'CopyObject, UploadPartCopy and CompleteMultipartUpload have conditions on source and destination; it ignores them',
  },
  {
    suite: 'emulator/s3',
    tests:
      /refuses a body whose \w+ is wrong|the checksum of a body (?:is one|of MD5)|an upload of (?:its parts|all bytes) are named|an upload that announced none are not/,
    right: 'embedded',
    why: 'S3 compares a checksum or Content-MD5 that comes with a body, a part or a completion; it does not',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /of an algorithm that there is|are the same for all parts/,
    right: 'embedded',
    why: 'there are five algorithms, and that of an upload is that of all of its parts; it takes any',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /tells which part is wrong/,
    right: 'not documented',
    why: 'whether a completion without parts is InvalidRequest or MalformedXML',
  },
  {
    suite: 'emulator/s3-uploads',
    tests: /a range of a copied part/,
    right: 'embedded',
    why: 'x-amz-copy-source-range has the form bytes=first-last; it takes another',
  },
  {
    suite: 'emulator/s3',
    tests: /keeps access control lists if the bucket has them/,
    right: 'embedded',
    why: 'a bucket whose owner owns all objects refuses other access control lists',
  },
  {
    suite: 'emulator/s3',
    tests: /refuses what it does not have|does not know what a request is about|for no sub-resource/,
    right: 'not documented',
    why: 'what neither has is refused by 501 here, and ends in an error of its own there',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /is no source of a copy/,
    right: 'embedded',
    why: 'a delete marker that is named as the source is a 400; it says 404',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /is one that S3 has made|is an error of its own for each object/,
    right: 'peer',
    why: 'the list of error codes has NoSuchVersion alone, and a deletion of nothing is none; AWS has been seen to refuse an id that it has not made, and the embedded one does so',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /conditional deletion has an answer for each/,
    right: 'embedded',
    why: 'an object of DeleteObjects may name its ETag; it deletes the object whatever that says',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /is of ETags alone/,
    right: 'embedded',
    why: 'conditions of deletions on date and size are of directory buckets alone; it takes them anywhere',
  },
  {
    suite: 'emulator/s3-versions',
    tests: /goes round no retention where|takes one condition of one kind/,
    right: 'not documented',
    why: 'the errors for going round a retention without Object Lock, and for conditions of another form; AWS has been seen to refuse both',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /is refused when the bucket is to be made/,
    right: 'embedded',
    why: 'names of buckets have no underscore (InvalidBucketName); it takes one',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /takes up to a thousand keys/,
    right: 'embedded',
    why: 'DeleteObjects takes 1,000 keys at most; it takes more',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /a listing of no keys/,
    right: 'not documented',
    why: 'the error for a negative number of keys; it fails with one of its own',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /tags (?:have names of|are bound in)/,
    right: 'embedded',
    why: 'tags have 128 and 256 characters at most, and no key twice; it fails with an error of its own, or takes them',
  },
  {
    suite: 'emulator/s3-strict',
    tests: /keeps its versioning, and takes periods/,
    right: 'embedded',
    why: 'versioning cannot be suspended where there is Object Lock; it can there',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /is not looked at where it is none/,
    right: 'embedded',
    why: 'GetObject refers to RFC 9110, by which a range that is none is ignored; it fails with an error of its own',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /a key of the customer (?:that is another one|of an upload comes)/,
    right: 'embedded',
    why: 'an object under a key of the customer is read and made with that key; it does not look at keys',
  },
  {
    suite: 'emulator/s3-encryption',
    tests: /is needed (?:for whatever shows|to copy from) the object|has 32 bytes, and no other/,
    right: 'embedded',
    why: 'an object under a key of the customer is read and made with that key; it does not look at keys',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /a retention has a mode that there is/,
    right: 'embedded',
    why: 'a retention is a mode and a date; it takes one without the other',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /has no settings that there are not/,
    right: 'embedded',
    why: 'an ownership that there is not does not validate against the schema (MalformedXML); it takes any',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /has one default encryption/,
    right: 'not documented',
    why: 'the error for two default encryptions; it fails with one of its own',
  },
  {
    suite: 'emulator/s3-refusals',
    tests: /tells that versions keep it|names the storage class that there is not/,
    right: 'not documented',
    why: 'the words of BucketNotEmpty, and that InvalidStorageClass names the class; the errors are the same',
  },
];
