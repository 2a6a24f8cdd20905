import type { Departure } from '../wire.ts';
import { isIntents, JOURNAL, LEDGER, RUNS } from '../weather.ts';
import type { Answer } from './answers.ts';
import type { Form } from './world.ts';

/**
 * How a run understands an answer, in the words of docs/jobs.md and docs/proof.md: either the outcome of the one record
 * that the answer is about, while the others are moved, or how the invocation ends.
 */
export type Meaning =
  | 'rewrapped'
  | 'moved-by-another-writer'
  | 'foreign-key'
  | 'unreadable'
  | 'unsupported'
  | 'blocked'
  | 'failed'
  /** The record no longer exists: nothing is counted. */
  | 'not there'
  /** No record is seen at all. */
  | 'nothing seen'
  /** A premise of the run is broken: it ends at once. */
  | 'ends the run'
  /** The invocation fails, and is called again. */
  | 'is tried again'
  /** Another invocation has the unit. */
  | 'another has it'
  | 'has no plan';

/** Why AWS gives its answer: it is told to, for one record or for all of them, or somebody has done something. */
export type Cause =
  'one record' | 'every call' | 'rotated' | 'removed' | 'copied' | 'delivered twice' | 'lost answer';

/** An answer that AWS documents for a call, and what it has to mean to the run. */
export interface Row {
  readonly answer: Extract<Answer, { error: string }>;
  readonly cause: Cause;
  readonly means: readonly Meaning[];
}

/** A call, its answers, and for each meaning an answer that would be understood that way. */
export interface Call {
  readonly name: string;
  readonly form: Form;
  readonly is: (departure: Departure) => boolean;
  readonly rows: readonly Row[];
  readonly takenFor: Readonly<Partial<Record<Meaning, Answer>>>;
  readonly rollsBack?: true;
}

const on =
  (cause: Cause, ...means: readonly Meaning[]) =>
  (status: number, ...errors: readonly string[]): readonly Row[] =>
    errors.map(error => ({ answer: { error, status }, cause, means }));
const error = (name: string, status = 400): Answer => ({ error: name, status });

const is =
  (operation: string, matches: (target: string) => boolean = () => true) =>
  (departure: Departure): boolean =>
    departure.operation === operation && matches(departure.target);
const ofRecords = (target: string): boolean => ![LEDGER, JOURNAL, RUNS].some(name => target.startsWith(name));

const DONE_COPY =
  '<CopyObjectResult><ETag>"e"</ETag><LastModified>2026-01-05T08:00:00.000Z</LastModified></CopyObjectResult>';
const NOTHING_LISTED =
  '<ListBucketResult><Name>documents</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>';
/** AWS does not know the caller. The call is tried again or the run ends, but this is never the outcome of a record. */
const UNKNOWN_CALLER = ['ExpiredTokenException', 'UnrecognizedClientException'];
const TABLE_WRITE: Call['takenFor'] = {
  rewrapped: { done: '{}' },
  'moved-by-another-writer': error('ConditionalCheckFailedException'),
  blocked: error('AccessDeniedException'),
  failed: error('InternalServerError', 500),
  'is tried again': error('ThrottlingException'),
  'ends the run': error('ResourceNotFoundException'),
};
const TABLE_WRITE_ROWS: readonly Row[] = [
  ...on('one record', 'blocked')(
    400,
    'AccessDeniedException',
    'ValidationException',
    'ItemCollectionSizeLimitExceededException',
  ),
  ...on('one record', 'failed')(500, 'InternalServerError'),
  ...on('one record', 'failed')(400, 'TransactionConflictException', 'ReplicatedWriteConflictException'),
  ...on('one record', 'is tried again')(
    400,
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
  ),
  ...on('one record', 'ends the run')(400, 'ResourceNotFoundException'),
  ...on('every call', 'ends the run')(400, 'AccessDeniedException'),
  ...on('every call', 'ends the run', 'is tried again')(400, ...UNKNOWN_CALLER),
];
const COPY_ROWS: readonly Row[] = [
  ...on('one record', 'blocked')(403, 'AccessDenied', 'InvalidObjectState'),
  ...on('one record', 'blocked')(400, 'InvalidRequest', 'KMS.DisabledException'),
  ...on('one record', 'failed')(500, 'InternalError'),
  ...on('one record', 'failed', 'moved-by-another-writer')(409, 'ConditionalRequestConflict'),
  ...on('one record', 'failed')(409, 'OperationAborted'),
  ...on('one record', 'is tried again')(503, 'SlowDown', 'ServiceUnavailable'),
  ...on('one record', 'ends the run')(404, 'NoSuchBucket'),
  ...on('every call', 'ends the run')(403, 'AccessDenied'),
  ...on('every call', 'ends the run', 'is tried again')(400, 'ExpiredToken'),
  ...on('every call', 'ends the run', 'is tried again')(403, 'InvalidAccessKeyId', 'SignatureDoesNotMatch'),
];
/** Making and changing a record use the same code: both get each kind of answer, but only one gets every error name. */
function isFirstOfItsKind({ cause, means }: Row, index: number, rows: readonly Row[]): boolean {
  const kind = (row: Pick<Row, 'cause' | 'means'>): string => `${row.cause} ${row.means.join()}`;
  return rows.findIndex(row => kind(row) === kind({ cause, means })) === index;
}
const LEDGER_ROWS: readonly Row[] = [
  ...on('every call', 'is tried again')(400, 'ProvisionedThroughputExceededException', 'ThrottlingException'),
  ...on('every call', 'is tried again')(500, 'InternalServerError'),
  ...on('every call', 'ends the run')(400, 'ResourceNotFoundException', 'AccessDeniedException'),
];
const S3_ENDS = on('every call', 'ends the run');
const S3_AGAIN = on('every call', 'is tried again');
const TABLE: Form = { place: 'table', records: 2 };
const BUCKET: Form = { place: 'bucket', records: 2 };

export const CALLS: readonly Call[] = [
  {
    name: 'ReEncrypt',
    form: TABLE,
    is: is('ReEncrypt'),
    rows: [
      ...on('one record', 'foreign-key')(400, 'IncorrectKeyException'),
      ...on('one record', 'unreadable')(400, 'InvalidCiphertextException'),
      ...on('one record', 'unsupported')(400, 'ValidationException'),
      ...on('one record', 'failed')(
        500,
        'KMSInternalException',
        'KeyUnavailableException',
        'DependencyTimeoutException',
      ),
      ...on('one record', 'failed')(400, 'ThrottlingException', 'LimitExceededException'),
      ...on('every call', 'ends the run')(
        400,
        'DisabledException',
        'KMSInvalidStateException',
        'NotFoundException',
      ),
      ...on('every call', 'ends the run')(400, 'InvalidKeyUsageException', 'InvalidGrantTokenException'),
      ...on('every call', 'ends the run')(400, 'AccessDeniedException'),
      ...on('every call', 'ends the run', 'is tried again')(400, ...UNKNOWN_CALLER),
    ],
    takenFor: {
      'foreign-key': error('IncorrectKeyException'),
      unreadable: error('InvalidCiphertextException'),
      unsupported: error('ValidationException'),
      failed: error('KMSInternalException', 500),
      'ends the run': error('DisabledException'),
    },
  },
  {
    name: 'UpdateItem',
    form: TABLE,
    is: is('UpdateItem', ofRecords),
    rows: [
      ...TABLE_WRITE_ROWS,
      ...on('rotated', 'moved-by-another-writer')(400, 'ConditionalCheckFailedException'),
    ],
    takenFor: TABLE_WRITE,
  },
  {
    name: 'PutItem',
    form: { ...TABLE, copies: true },
    is: is('PutItem'),
    rows: [
      ...TABLE_WRITE_ROWS.filter(isFirstOfItsKind),
      ...on('copied', 'moved-by-another-writer')(400, 'ConditionalCheckFailedException'),
    ],
    takenFor: TABLE_WRITE,
  },
  ...[BUCKET, { ...BUCKET, copies: true }].map((form): Call => ({
    name: form.copies === true ? 'CopyObject to another bucket' : 'CopyObject',
    form,
    is: is('CopyObject'),
    rows: [
      ...(form.copies === true ? COPY_ROWS.filter(isFirstOfItsKind) : COPY_ROWS),
      ...on('removed', 'moved-by-another-writer')(404, 'NoSuchKey'),
      ...on(form.copies === true ? 'copied' : 'rotated', 'moved-by-another-writer')(
        412,
        'PreconditionFailed',
      ),
    ],
    takenFor: {
      rewrapped: { done: DONE_COPY },
      'moved-by-another-writer': error('PreconditionFailed', 412),
      blocked: error('AccessDenied', 403),
      failed: error('InternalError', 500),
      'is tried again': error('SlowDown', 503),
      'ends the run': error('NoSuchBucket', 404),
    },
  })),
  {
    name: 'HeadObject',
    form: BUCKET,
    is: is('HeadObject', ofRecords),
    rows: [
      ...on('one record', 'not there')(404, 'NotFound'),
      ...on('one record', 'unsupported')(403, 'Forbidden'),
      ...on('one record', 'unsupported')(400, 'BadRequest'),
      ...on('one record', 'is tried again')(500, 'InternalError'),
      ...on('one record', 'is tried again')(503, 'SlowDown'),
      ...on('every call', 'ends the run')(403, 'Forbidden'),
    ],
    takenFor: {
      'not there': error('NotFound', 404),
      unsupported: error('Forbidden', 403),
      'is tried again': error('InternalError', 500),
    },
  },
  {
    name: 'Scan',
    form: TABLE,
    is: is('Scan'),
    rows: [...LEDGER_ROWS, ...on('every call', 'ends the run')(400, 'ValidationException')],
    takenFor: {
      'nothing seen': { done: '{"Items":[],"Count":0,"ScannedCount":0}' },
      'is tried again': error('InternalServerError', 500),
      'ends the run': error('ResourceNotFoundException'),
    },
  },
  {
    name: 'BatchGetItem',
    form: { ...TABLE, copies: true, copied: true },
    is: is('BatchGetItem'),
    rows: [
      ...LEDGER_ROWS.filter(({ answer }) => answer.error !== 'AccessDeniedException'),
      ...on('every call', 'rewrapped')(400, 'AccessDeniedException', 'ValidationException'),
    ],
    // Leaves out "none of them is there": such records are created, found to exist after all, and changed as they are.
    takenFor: {
      rewrapped: error('ValidationException'),
      'is tried again': error('InternalServerError', 500),
      'ends the run': error('ResourceNotFoundException'),
    },
  },
  {
    name: 'ListObjectsV2',
    form: BUCKET,
    is: is('ListObjectsV2', ofRecords),
    rows: [
      ...S3_ENDS(404, 'NoSuchBucket'),
      ...S3_ENDS(403, 'AccessDenied'),
      ...S3_AGAIN(503, 'SlowDown'),
      ...S3_AGAIN(500, 'InternalError'),
    ],
    takenFor: {
      'nothing seen': { done: NOTHING_LISTED },
      'is tried again': error('SlowDown', 503),
      'ends the run': error('NoSuchBucket', 404),
    },
  },
  {
    name: 'DescribeTable',
    form: TABLE,
    is: is('DescribeTable'),
    rows: LEDGER_ROWS,
    takenFor: {
      'is tried again': error('ThrottlingException'),
      'ends the run': error('ResourceNotFoundException'),
    },
  },
  {
    name: 'GetBucketOwnershipControls',
    form: BUCKET,
    is: is('GetBucketOwnershipControls'),
    rows: [...S3_ENDS(403, 'AccessDenied'), ...S3_ENDS(404, 'NoSuchBucket'), ...S3_AGAIN(503, 'SlowDown')],
    takenFor: { 'is tried again': error('SlowDown', 503), 'ends the run': error('NoSuchBucket', 404) },
  },
  {
    name: 'UpdateItem of a checkpoint',
    form: TABLE,
    is: ({ operation, target, body }) =>
      operation === 'UpdateItem' && target === LEDGER && body.includes('SET progress'),
    rows: [
      ...LEDGER_ROWS,
      ...on('lost answer', 'rewrapped')(400, 'ConditionalCheckFailedException'),
      ...on('delivered twice', 'another has it')(400, 'ConditionalCheckFailedException'),
    ],
    takenFor: {
      rewrapped: { done: '{}' },
      'another has it': error('ConditionalCheckFailedException'),
      'is tried again': error('InternalServerError', 500),
      'ends the run': error('ResourceNotFoundException'),
    },
  },
  ...[isIntents, is('PutObject', target => target.startsWith(`${JOURNAL}/outcomes/`))].map(
    (matches, index): Call => ({
      name: `PutObject of ${index === 0 ? 'intents' : 'outcomes'}`,
      form: TABLE,
      is: matches,
      rows: [
        ...S3_ENDS(403, 'AccessDenied'),
        ...S3_ENDS(404, 'NoSuchBucket'),
        ...S3_AGAIN(503, 'SlowDown'),
        ...S3_AGAIN(500, 'InternalError'),
        ...S3_AGAIN(409, 'ConditionalRequestConflict'),
        ...on('lost answer', 'rewrapped')(412, 'PreconditionFailed'),
      ],
      takenFor: {
        rewrapped: { done: '' },
        'is tried again': error('InternalError', 500),
        'ends the run': error('AccessDenied', 403),
      },
    }),
  ),
  {
    name: 'GetObject of the plan',
    form: TABLE,
    is: is('GetObject', target => target.startsWith(RUNS)),
    rows: [
      ...on('every call', 'has no plan')(404, 'NoSuchKey'),
      ...S3_ENDS(404, 'NoSuchBucket'),
      ...S3_ENDS(403, 'AccessDenied'),
      ...S3_AGAIN(503, 'SlowDown'),
    ],
    takenFor: {
      'has no plan': error('NoSuchKey', 404),
      'is tried again': error('SlowDown', 503),
      'ends the run': error('NoSuchBucket', 404),
    },
  },
  {
    name: 'GetObject of intents',
    form: TABLE,
    rollsBack: true,
    is: is('GetObject', target => target.startsWith(`${JOURNAL}/intents/`)),
    rows: [
      ...on('every call', 'failed')(404, 'NoSuchKey'),
      ...S3_ENDS(404, 'NoSuchBucket'),
      ...S3_ENDS(403, 'AccessDenied'),
      ...S3_AGAIN(503, 'SlowDown'),
    ],
    takenFor: {
      failed: error('NoSuchKey', 404),
      'is tried again': error('SlowDown', 503),
      'ends the run': error('AccessDenied', 403),
    },
  },
];
