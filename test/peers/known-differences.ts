import type { Difference } from './differences.ts';

const DYNAMODB_LOCAL: readonly Omit<Difference, 'peer'>[] = [
  {
    suite: 'emulator/dynamodb-capacity',
    tests: /counts every item of a transaction twice/,
    right: 'embedded',
    why: 'a transactional write takes two units for each kilobyte; it says four',
  },
  {
    suite: 'emulator/dynamodb-capacity',
    tests: /a table with provisioned capacity/,
    right: 'not there',
    why: 'it throttles nothing',
  },
  {
    suite: 'emulator/dynamodb-transactions',
    tests: /counts a mistake that shows at the item as a reason/,
    right: 'not documented',
    why: 'whether a wrong type at the item is a reason of the canceled transaction, or refuses the request',
  },
  {
    suite: 'emulator/dynamodb-transactions',
    tests: /has its effect once for each client token/,
    right: 'not there',
    why: 'a clock that a test can move; a token lives for ten minutes',
  },
  {
    suite: 'emulator/dynamodb',
    tests: /of more than 4,096 bytes/,
    right: 'not documented',
    why: 'the words of the error; the limit and the name of the error are the same',
  },
  {
    suite: 'emulator/dynamodb',
    tests: /keeps Regions and accounts apart/,
    right: 'not there',
    why: 'it has no accounts: its databases are of access keys',
  },
  {
    suite: '',
    messages: /UnknownOperationException/,
    right: 'not there',
    why: 'it has no DescribeContinuousBackups',
  },
  {
    suite: 'emulator/dynamodb',
    tests: /answers about backups of tables that exist/,
    right: 'not there',
    why: 'it has no DescribeContinuousBackups',
  },
  {
    suite: 'emulator/dynamodb',
    tests: /refuses a value whose type differs from that of an index key/,
    right: 'embedded',
    why: 'a value of a key of an index must have the type that the table names; it takes any',
  },
  {
    suite: 'emulator/dynamodb-statements',
    tests: /refuses (?:another statement|a literal|a comparison|RETURNING) for itself/,
    right: 'peer',
    why: 'PartiQL has these; the embedded AWS reads the statements that the product sends, and refuses all others',
  },
  {
    suite: 'emulator/dynamodb-statements',
    tests: /refuses a request with two statements about one item as a whole/,
    right: 'not documented',
    why: 'it refuses the request as well, and carries out both; the product never sends one',
  },
  {
    suite: 'emulator/dynamodb-capacity',
    tests: /counts a batch of statements by table/,
    right: 'not documented',
    why: 'whether failed statements count in ConsumedCapacity; the product counts them itself where none is told',
  },
];

const NO_ANNOTATIONS = {
  right: 'not there',
  why: 'it has no annotations, and answers their operations as if they were others',
} as const;

const MOTO: readonly Omit<Difference, 'peer'>[] = [
  { suite: 'emulator/s3-annotations', ...NO_ANNOTATIONS },
  {
    suite: 'contract/',
    messages: /ListObjectAnnotations/,
    ...NO_ANNOTATIONS,
  },
  {
    suite: '',
    tests: /where (?:it|the object) has annotations|annotations come with a copy/,
    ...NO_ANNOTATIONS,
  },
  {
    suite: '',
    messages: /"?precondition-failed"?.*"written"|Expected: "PreconditionFailed" Received: "none"/,
    right: 'embedded',
    why: 'CopyObject, UploadPartCopy and CompleteMultipartUpload have conditions on source and destination; it ignores them',
  },
  {
    suite: 'emulator/s3',
    tests: /refuses a body whose \w+ is wrong/,
    right: 'embedded',
    why: 'S3 compares a checksum or Content-MD5 that comes with a body; it does not',
  },
  {
    suite: 'emulator/s3',
    tests: /is refused for an archived object|can be read and copied while it is restored/,
    right: 'not documented',
    why: 'the page of CopyObject names ObjectNotInActiveTierError, the list of error codes InvalidObjectState; the product goes by the storage class',
  },
  {
    suite: 'emulator/s3',
    tests: /keeps access control lists if the bucket has them/,
    right: 'embedded',
    why: 'a bucket whose owner owns all objects refuses other access control lists',
  },
  {
    suite: 'emulator/s3',
    tests: /page by page|begins the next page of versions|comes in pages|names the next marker/,
    right: 'not there',
    why: 'small pages: those that a test sets, or asks for',
  },
  {
    suite: 'emulator/s3',
    tests: /refuses what it does not have|does not know what a request is about|for no sub-resource/,
    right: 'not documented',
    why: 'what neither has is refused by 501 here, and ends in an error of its own there',
  },
  {
    suite: 'emulator/s3',
    tests: /encodes keys as in URLs in every listing/,
    right: 'embedded',
    why: 'encoding-type=url holds for listings of versions, too',
  },
  {
    suite: 'emulator/s3',
    tests: /checksum/,
    right: 'embedded',
    why: 'answers name the type of a checksum (FULL_OBJECT or COMPOSITE)',
  },
  {
    suite: 'emulator/s3',
    tests: /becomes an object with the attributes that it was begun with/,
    right: 'embedded',
    why: 'answers name the type of a checksum (FULL_OBJECT or COMPOSITE)',
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
];

const LOCALSTACK: readonly Omit<Difference, 'peer'>[] = [
  {
    suite: 'peers/state-machines',
    tests: /is evaluated before assignments take effect/,
    right: 'embedded',
    why: 'Assign and Output of a state both see the variables as they were when it was entered',
  },
  {
    suite: 'peers/state-machines',
    messages: /- "error": "States\.\w+", \+ "error": "States\.Runtime"/,
    right: 'embedded',
    why: 'a query that fails or has the wrong type is States.QueryEvaluationError, and no choice States.NoChoiceMatched',
  },
  {
    suite: 'peers/state-machines',
    messages: /Function \$hash is currently not supported/,
    right: 'not there',
    why: 'it has no $hash',
  },
  {
    suite: 'peers/state-machines',
    tests: /a query that fails within a task is caught by States\.ALL/,
    right: 'embedded',
    why: 'States.ALL catches every error but States.Runtime',
  },
  {
    suite: 'peers/state-machines',
    messages: /is not a valid InputTypeValue/,
    right: 'not there',
    why: 'it reads no JSON Lines',
  },
  {
    suite: 'peers/state-machines',
    messages: /ASLParserException/,
    right: 'not there',
    why: 'it has no ResultWriter in JSONata',
  },
  {
    suite: 'peers/state-machines',
    tests: /a child sees no variable of its parent/,
    right: 'embedded',
    why: 'the children of a distributed map are executions of their own',
  },
  {
    suite: 'peers/state-machines',
    tests: /one failed child ends a map that tolerates none/,
    right: 'embedded',
    why: 'a distributed map tolerates no failed child unless it says so',
  },
  {
    suite: 'peers/state-machines',
    tests: /a worker is called until its unit is done/,
    messages: /it still runs/,
    right: 'not there',
    why: 'a mocked task in a child does not come to its last answer',
  },
];

/** A difference that is not here, and one that is here and is none any more, fail `npm run test:peers`. */
export const KNOWN: readonly Difference[] = [
  ...DYNAMODB_LOCAL.map(one => ({ peer: 'dynamodb-local', ...one })),
  ...MOTO.map(one => ({ peer: 'moto', ...one })),
  ...LOCALSTACK.map(one => ({ peer: 'localstack', ...one })),
];
