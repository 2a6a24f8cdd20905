// Why each role has each of its actions: the one place where this is written. `npm run docs` fails for an action without a
// reason, and for a reason without an action.

import { FOLLOW_REASONS } from './follow-reasons.mjs';
import { reason, SERVICE_REASONS } from './service-reasons.mjs';

const PLAN = ['Plan'];
const MIGRATE = ['MigrateUnit'];
const PLAINTEXT = ['MigrateUnitPlaintext'];
const VERIFY = ['VerifyUnit'];
const ROLLBACK = ['RollbackUnit'];
const REPORT = ['Report'];
const WRITERS = [...MIGRATE, ...PLAINTEXT];
const READERS = [...PLAN, ...WRITERS, ...VERIFY];
const WORKERS = [...WRITERS, ...VERIFY, ...ROLLBACK];
const SHARERS = [...READERS, ...ROLLBACK];
const FUNCTIONS = [...PLAN, ...WORKERS, ...REPORT];

const kms = (...names) => names.map(name => `kms:${name}`);
const dynamodb = (...names) => names.map(name => `dynamodb:${name}`);
const s3 = (...names) => names.map(name => `s3:${name}`);

const CARRIED = ['Acl', 'Annotation', 'LegalHold', 'Retention', 'Tagging'];
const COPY_IN_PLACE = ['PutObject', ...CARRIED.flatMap(one => [`GetObject${one}`, `PutObject${one}`])];
const COPY_KEEPS = 'a copy keeps each of these only for a role that may read it and set it';

export const REASONS = [
  reason(PLAN, kms('DescribeKey'), 'keys', "to learn a key's state, usage, algorithms and ARN"),
  reason(PLAN, kms('ListKeyRotations'), 'keys', "to learn a key's materials and their dates"),
  reason(
    PLAN,
    kms('ReEncryptFrom', 'ReEncryptTo'),
    'keys',
    'to ask KMS by a dry run, before anything starts, whether each call will be allowed',
  ),
  reason(
    MIGRATE,
    kms('ReEncryptFrom'),
    'keys',
    'to move data keys out of the source keys, over each hop of a route; out of the destination key, so that a second run finds what is current',
  ),
  reason(
    MIGRATE,
    kms('ReEncryptTo'),
    'keys',
    'to move data keys to the destination, over each hop of a route',
  ),
  reason(PLAINTEXT, kms('Decrypt', 'Encrypt'), 'keys', 'the route `decrypt-encrypt` itself'),
  reason(
    PLAINTEXT,
    kms('ReEncryptFrom', 'ReEncryptTo'),
    'keys',
    'a second run asks the destination key what is current, as everywhere',
  ),
  reason(
    VERIFY,
    kms('ReEncryptFrom', 'ReEncryptTo'),
    'keys',
    'what it opens is proven, because it can open nothing else',
  ),

  reason(
    SHARERS,
    kms('Decrypt'),
    'encryption keys',
    'the service decrypts what it stores for whoever reads it; the role cannot call this by itself',
  ),
  reason(
    [...WRITERS, ...ROLLBACK],
    kms('GenerateDataKey'),
    'encryption keys',
    'the service encrypts what it stores for whoever writes it; the role cannot call this by itself',
  ),

  reason(
    PLAN,
    dynamodb('DescribeContinuousBackups'),
    'tables',
    'to warn of backups, which may hold old data keys',
  ),
  reason(PLAN, dynamodb('DescribeTable'), 'tables', 'to learn its size, streams and replicas'),
  reason(PLAN, dynamodb('Scan'), 'tables', 'to see from the first records whether the job fits'),
  reason([...WORKERS], dynamodb('DescribeTable'), 'tables', 'to learn which attributes are the primary key'),
  reason([...WRITERS, ...VERIFY], dynamodb('Scan'), 'tables', 'to read every item'),
  reason(READERS, dynamodb('Scan'), 'indexes', 'to find the items of a narrowed run'),
  reason(
    READERS,
    dynamodb('BatchGetItem'),
    'tables',
    'to read whole items by their keys: those that an index holds, and those of a copy',
  ),
  reason(WRITERS, dynamodb('GetItem'), 'tables', 'to read an item again after a lost race'),
  reason(WRITERS, dynamodb('UpdateItem'), 'tables', 'to write, on condition that nobody else has written'),
  reason(
    [...WRITERS, ...ROLLBACK],
    dynamodb('PartiQLUpdate'),
    'tables',
    'to write several items in one request, each on condition that nobody else has written it; without it they are written one by one',
  ),
  reason(
    [...WRITERS, ...ROLLBACK],
    dynamodb('ConditionCheckItem'),
    'tables',
    'to write, on condition that no mutation of the branch key is in flight',
  ),
  reason(
    WRITERS,
    dynamodb('PutItem'),
    'tables',
    'to make items that are not there, and only where the job says so',
  ),
  reason(
    ROLLBACK,
    dynamodb('BatchGetItem', 'GetItem'),
    'tables',
    'to read items by their keys; a rollback scans nothing',
  ),
  reason(
    ROLLBACK,
    dynamodb('UpdateItem'),
    'tables',
    'to put data keys back, on condition that nobody else has written',
  ),

  reason(PLAN, s3('ListBucket'), 'buckets', 'to cut the bucket into key ranges'),
  reason(
    PLAN,
    s3('ListBucket'),
    'folders',
    'to find a prefix that is spelled almost like one without objects',
  ),
  reason(PLAN, s3('GetBucketVersioning'), 'buckets', 'to warn of old versions, which keep old data keys'),
  reason(
    PLAN,
    s3('GetBucketObjectLockConfiguration'),
    'buckets',
    'to warn of locks that the bucket puts on each copy',
  ),
  reason(
    PLAN,
    s3('GetEncryptionConfiguration'),
    'buckets',
    'to warn of a source key that S3 itself encrypts new objects with, and of the key of copies, where the job names none',
  ),
  reason(
    FUNCTIONS.filter(role => role !== 'Report'),
    s3('GetBucketOwnershipControls'),
    'buckets',
    'to learn whether objects have access control lists, which a copy would drop',
  ),
  reason(
    [...WRITERS, ...VERIFY],
    s3('ListBucket'),
    'buckets',
    'to find every object; and without it, S3 answers 403 for an object that was deleted',
  ),
  reason(PLAN, s3('ListBucketVersions'), 'buckets', 'to count noncurrent versions; a run goes on without it'),
  reason(
    [...WRITERS, ...VERIFY],
    s3('ListBucketVersions'),
    'buckets',
    'to find noncurrent versions, where a job asks for all',
  ),
  reason(
    [...PLAN, ...WRITERS, ...VERIFY],
    s3('GetObjectVersion', 'GetObjectVersionAnnotation', 'GetObjectVersionTagging'),
    'objects',
    'to read what noncurrent versions keep, where a job asks for all',
  ),
  reason(ROLLBACK, s3('ListBucket'), 'buckets', 'without it, S3 answers 403 for an object that was deleted'),
  reason(PLAN, s3('GetObject'), 'objects', 'to see from the first records whether the job fits'),
  reason([...PLAN, ...VERIFY], s3('GetObjectTagging'), 'objects', 'to build encryption contexts from tags'),
  reason([...PLAN, ...VERIFY], s3('GetObjectAnnotation'), 'objects', 'to read data keys in annotations'),
  reason([...WRITERS, ...VERIFY], s3('GetObject'), 'objects', 'to read the metadata of every object'),
  reason(ROLLBACK, s3('GetObject'), 'objects', 'to read the metadata of objects that the run changed'),
  reason(
    [...WRITERS, ...ROLLBACK],
    s3(...COPY_IN_PLACE.filter(action => action !== 'GetObjectAnnotation')),
    'objects',
    COPY_KEEPS,
  ),
  reason(ROLLBACK, s3('GetObjectAnnotation'), 'objects', COPY_KEEPS),
  reason(
    WRITERS,
    s3('GetObjectAnnotation'),
    'objects',
    'to read data keys in annotations; elsewhere, because a copy keeps annotations only for a role that may read them',
  ),
  reason(
    [...WRITERS, ...ROLLBACK],
    s3('ListObjectAnnotations'),
    'objects',
    'to leave an object over 5 GB that has annotations: its copy in parts would lose them',
  ),
  reason(
    [...WRITERS, ...ROLLBACK],
    s3('AbortMultipartUpload'),
    'objects',
    'to remove the parts of an object over 5 GB whose copy is given up',
  ),

  reason(
    [...PLAN, ...WORKERS],
    ['sts:AssumeRole'],
    'roles',
    'to work on stores of another account; what the role may do is for its owner to grant',
  ),

  reason(
    PLAN,
    dynamodb('GetItem', 'UpdateItem'),
    'ledger',
    'the last migration into each place, the end of a run, the latest run of each job, the locks of stores, and the fence before a rollback',
  ),
  reason(
    WORKERS,
    dynamodb('GetItem', 'UpdateItem'),
    'ledger',
    "checkpoints, and the run's rate, stop and pause",
  ),
  reason(SHARERS, dynamodb('Query'), 'ledger', 'to see what each worker has of the KMS rate and of a table'),
  reason(
    REPORT,
    dynamodb('GetItem', 'UpdateItem'),
    'ledger',
    'the end of a run, its proofs and its locks, and the date on which each item that it left there expires',
  ),
  reason(
    REPORT,
    dynamodb('Query'),
    'ledger',
    'what a run has left there: checkpoints if it failed, and items that are to expire',
  ),

  reason(PLAN, s3('GetObject'), 'run bucket', 'to read plans and units of earlier runs'),
  reason(PLAN, s3('PutObject'), 'run bucket', 'to write the plan and the units'),
  reason(
    [...PLAN, ...WORKERS],
    s3('ListBucket'),
    'run bucket',
    'to learn that the plan of a run is missing; without it, S3 answers 403 and not 404',
  ),
  reason(WORKERS, s3('GetObject'), 'run bucket', 'to read the plan'),
  reason(REPORT, s3('GetObject'), 'run bucket', 'to read the results of the units'),
  reason(REPORT, s3('PutObject'), 'run bucket', 'to write the report'),
  reason(REPORT, s3('ListBucket'), 'run bucket', 'to find out why units failed'),
  reason(
    WRITERS,
    s3('PutObject'),
    'journal',
    'to add to the journal, from which it may delete nothing, and read no intents',
  ),
  reason(VERIFY, s3('PutObject'), 'journal', 'to name what is not proven; no proof rests on that'),
  reason(ROLLBACK, s3('PutObject'), 'journal', 'to write its own journal, from which it may delete nothing'),
  reason(
    [...MIGRATE, ...VERIFY],
    s3('GetObject', 'ListBucket'),
    'journal',
    'to learn what KMS has said before of ciphertexts; outcomes hold none',
  ),
  reason(ROLLBACK, s3('GetObject', 'ListBucket'), 'journal', 'to learn what to put back'),

  reason(FUNCTIONS, ['logs:CreateLogStream', 'logs:PutLogEvents'], 'log group', 'to write its log'),
  reason(PLAN, ['events:PutEvents'], 'event bus', 'to announce that a run begins'),
  reason(REPORT, ['events:PutEvents'], 'event bus', "to announce a run's end, or that Plan refused it"),
  reason(
    PLAN,
    ['states:DescribeExecution'],
    'executions',
    'to learn whether the run that holds a store still lives',
  ),

  ...FOLLOW_REASONS,
  ...SERVICE_REASONS,
];
