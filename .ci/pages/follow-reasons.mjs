// Why the functions that follow tables and buckets have each of their actions.

import { reason } from './service-reasons.mjs';

const TABLES = ['FollowTable'];
const BUCKETS = ['FollowBucket'];
const BOTH = [...TABLES, ...BUCKETS];
const dynamodb = (...names) => names.map(name => `dynamodb:${name}`);
const s3 = (...names) => names.map(name => `s3:${name}`);
const OF_COPIES = ['Acl', 'Annotation', 'LegalHold', 'Retention', 'Tagging'];

const OF_TABLES = [
  reason(
    TABLES,
    ['kms:Decrypt'],
    'encryption keys',
    'DynamoDB decrypts what it stores for whoever reads it; the role cannot call this by itself',
  ),
  reason(TABLES, dynamodb('DescribeTable'), 'tables', 'to learn which attributes are the primary key'),
  reason(
    TABLES,
    dynamodb('BatchGetItem', 'GetItem'),
    'tables',
    'to read items as they are now, by the keys that the stream names; a follower scans nothing',
  ),
  reason(
    TABLES,
    dynamodb('PartiQLUpdate', 'UpdateItem'),
    'tables',
    'to write, on condition that nobody else has written',
  ),
  reason(
    TABLES,
    dynamodb('DescribeStream', 'GetRecords', 'GetShardIterator'),
    'streams',
    'Lambda reads the stream under the role of the function that it invokes',
  ),
  reason(
    TABLES,
    dynamodb('ListStreams'),
    'everything',
    'Lambda asks for this right as well when a stream is mapped to a function',
  ),
  reason(
    TABLES,
    ['sqs:SendMessage'],
    'given up',
    'Lambda leaves there which part of the stream was given up; an alarm watches the queue',
  ),
];

const OF_BUCKETS = [
  reason(
    ['Plan'],
    s3('GetBucketNotification'),
    'buckets',
    'to warn of a bucket that is to be followed, and does not send its events to EventBridge',
  ),
  reason(
    BUCKETS,
    ['kms:Decrypt', 'kms:GenerateDataKey'],
    'encryption keys',
    'S3 decrypts and encrypts what it copies for whoever asks; the role cannot call these by itself',
  ),
  reason(BUCKETS, s3('GetObject'), 'objects', 'to read objects as they are now, by the keys that it is told'),
  reason(
    BUCKETS,
    s3('PutObject', ...OF_COPIES.flatMap(one => [`GetObject${one}`, `PutObject${one}`])),
    'objects',
    'a copy keeps each of these only for a role that may read it and set it',
  ),
  reason(
    BUCKETS,
    s3('AbortMultipartUpload', 'ListObjectAnnotations'),
    'objects',
    'for objects over 5 GB, which are copied in parts: to remove the parts of a copy that is given up, and to leave objects with annotations',
  ),
  reason(
    BUCKETS,
    s3('GetBucketOwnershipControls'),
    'buckets',
    'to learn whether objects have access control lists, which a copy would drop',
  ),
  reason(
    BUCKETS,
    s3('ListBucket'),
    'buckets',
    'without it, S3 answers 403 for an object that was deleted; a follower lists nothing',
  ),
  reason(
    BUCKETS,
    ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    'written',
    'Lambda reads the queue under the role of the function that it invokes',
  ),
];

export const FOLLOW_REASONS = [
  reason(
    BOTH,
    ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    'keys',
    'to move late data keys as the migration did; what is current already is asked of the destination key',
  ),
  ...OF_TABLES,
  ...OF_BUCKETS,
  reason(
    BOTH,
    dynamodb('GetItem', 'UpdateItem'),
    'ledger',
    'the migration that it goes on with, the locks of stores, what it has seen, and its part of the KMS rate',
  ),
  reason(BOTH, dynamodb('Query'), 'ledger', 'to see proofs, and what each worker has of the KMS rate'),
  reason(BOTH, ['s3:GetObject'], 'run bucket', 'to read the plan of the migration'),
  reason(
    BOTH,
    ['s3:PutObject'],
    'run bucket',
    'to write a plan and units of its own, by which it can be rolled back',
  ),
  reason(
    BOTH,
    ['s3:ListBucket'],
    'run bucket',
    'to learn that the plan of a run is missing; without it, S3 answers 403 and not 404',
  ),
  reason(
    BOTH,
    ['s3:PutObject'],
    'journal',
    'to add to the journal, from which it may delete nothing, and read nothing',
  ),
  reason(BOTH, ['logs:CreateLogStream', 'logs:PutLogEvents'], 'log group', 'to write its log'),
];
