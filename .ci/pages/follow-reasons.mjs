// Why the function that follows streams has each of its actions.

import { reason } from './service-reasons.mjs';

const FOLLOW = ['FollowTable'];
const dynamodb = (...names) => names.map(name => `dynamodb:${name}`);

export const FOLLOW_REASONS = [
  reason(
    FOLLOW,
    ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    'keys',
    'to move late data keys as the migration did; what is current already is asked of the destination key',
  ),
  reason(
    FOLLOW,
    ['kms:Decrypt'],
    'encryption keys',
    'DynamoDB decrypts what it stores for whoever reads it; the role cannot call this by itself',
  ),
  reason(FOLLOW, dynamodb('DescribeTable'), 'tables', 'to learn which attributes are the primary key'),
  reason(
    FOLLOW,
    dynamodb('BatchGetItem', 'GetItem'),
    'tables',
    'to read items as they are now, by the keys that the stream names; a follower scans nothing',
  ),
  reason(
    FOLLOW,
    dynamodb('PartiQLUpdate', 'UpdateItem'),
    'tables',
    'to write, on condition that nobody else has written',
  ),
  reason(
    FOLLOW,
    dynamodb('DescribeStream', 'GetRecords', 'GetShardIterator'),
    'streams',
    'Lambda reads the stream under the role of the function that it invokes',
  ),
  reason(
    FOLLOW,
    dynamodb('ListStreams'),
    'everything',
    'Lambda asks for this right as well when a stream is mapped to a function',
  ),
  reason(
    FOLLOW,
    ['sqs:SendMessage'],
    'given up',
    'Lambda leaves there which part of the stream was given up; an alarm watches the queue',
  ),
  reason(
    FOLLOW,
    dynamodb('GetItem', 'UpdateItem'),
    'ledger',
    'the migration that it goes on with, the locks of stores, what it has seen, and its part of the KMS rate',
  ),
  reason(FOLLOW, dynamodb('Query'), 'ledger', 'to see proofs, and what each worker has of the KMS rate'),
  reason(FOLLOW, ['s3:GetObject'], 'run bucket', 'to read the plan of the migration'),
  reason(
    FOLLOW,
    ['s3:PutObject'],
    'run bucket',
    'to write a plan and units of its own, by which it can be rolled back',
  ),
  reason(
    FOLLOW,
    ['s3:ListBucket'],
    'run bucket',
    'to learn that the plan of a run is missing; without it, S3 answers 403 and not 404',
  ),
  reason(
    FOLLOW,
    ['s3:PutObject'],
    'journal',
    'to add to the journal, from which it may delete nothing, and read nothing',
  ),
  reason(FOLLOW, ['logs:CreateLogStream', 'logs:PutLogEvents'], 'log group', 'to write its log'),
];
