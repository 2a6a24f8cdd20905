import type { NotAsked } from './question.ts';

const IN_USAGE = (operation: string): string =>
  `aws cloudwatch get-metric-statistics --namespace AWS/Usage --metric-name CallCount --dimensions Name=Service,Value=KMS Name=Type,Value=API Name=Resource,Value=${operation} Name=Class,Value=None --statistics Sum --period 300 --start-time … --end-time …`;

/** Open questions that this test leaves open, and why. */
export const NOT_ASKED: readonly NotAsked[] = [
  {
    id: 'kms-weight-of-reencrypt',
    service: 'KMS',
    open: 'whether a ReEncrypt counts once or twice, in the quota and in the bill',
    where: ['emulator/kms/behaviour.md', 'emulator/meter/behaviour.md'],
    why: 'CloudWatch shows counts minutes later, and a bill comes days later; other users of the account count there as well',
    byHand: `after a run with --questions --json, whose operations have the number of ReEncrypt calls, in an account where nobody else makes any: ${IN_USAGE('ReEncrypt')}`,
  },
  {
    id: 'kms-throttled-requests-count',
    service: 'KMS',
    open: 'whether a throttled request takes something of the quota',
    where: ['emulator/kms/behaviour.md'],
    why: 'it takes all of the quota of the account, which other applications need',
  },
  {
    id: 'kms-custom-key-stores',
    service: 'KMS',
    open: 'whether answers name the key material of keys in custom key stores',
    where: ['emulator/kms/behaviour.md'],
    why: 'a CloudHSM cluster costs more than a dollar an hour, and an external key store needs a proxy',
  },
  {
    id: 'states-function-without-permission',
    service: 'Step Functions',
    open: 'which error a task ends with whose role may not invoke its function',
    where: ['emulator/stepfunctions/behaviour.md'],
    why: 'it takes a function of its own, and nothing here depends on the name: the stack grants what its map needs',
  },
  {
    id: 's3-customer-keys',
    service: 'S3',
    open: 'which errors a GET of an SSE-C object has without its key and with another one, and whether PutBucketEncryption without BlockedEncryptionTypes blocks SSE-C again',
    where: ['emulator/s3/behaviour.md'],
    why: 'new buckets block such objects, and the product moves none: whatever the error, it names the object and leaves it',
  },
  {
    id: 's3-metadata-beyond-ascii',
    service: 'S3',
    open: 'how S3 encodes metadata that is no US-ASCII, and what it does with headers that are no UTF-8',
    where: ['emulator/s3/behaviour.md'],
    why: 'the SDK for JavaScript does not send such headers; it would take a signed request by hand',
  },
  {
    id: 'dynamodb-capacity-of-a-canceled-transaction',
    service: 'DynamoDB',
    open: 'what a canceled transaction takes',
    where: ['emulator/dynamodb/behaviour.md'],
    why: 'the exception names no capacity, and CloudWatch shows it minutes later',
    byHand: 'the metric ConsumedWriteCapacityUnits of a table that has nothing but canceled transactions',
  },
  {
    id: 'dynamodb-key-of-a-table',
    service: 'DynamoDB',
    open: 'which errors a table has for a key that is not there, and for a change to what it has already; which key is asked for while a change is under way',
    where: ['emulator/dynamodb/behaviour.md'],
    why: 'a table may change its key four times a day, and each change lasts for minutes',
  },
  {
    id: 'dynamodb-stream-switched-twice',
    service: 'DynamoDB',
    open: 'which words the errors have for a stream that is switched on or off twice',
    where: ['emulator/dynamodb/behaviour.md'],
    why: 'nothing here depends on the words, and each switch lasts for minutes',
  },
  {
    id: 'dynamodb-transaction-too-large',
    service: 'DynamoDB',
    open: 'which error a transaction over 4 MB has',
    where: ['emulator/dynamodb/behaviour.md'],
    why: 'nothing here sends one: guards are small',
  },
  {
    id: 'lambda-tries-of-a-mapping',
    service: 'Lambda',
    open: 'how long Lambda waits between tries of an event source mapping, and whether progress within a batch begins a new count',
    where: ['emulator/functions/behaviour.md'],
    why: 'it takes a function that fails for hours, and following a stream is experimental',
  },
  {
    id: 's3-control-role-that-does-not-trust',
    service: 'S3',
    open: 'which error CreateJob has for a role that does not trust S3 Batch Operations, and whether the list that S3 makes has versions that are not current',
    where: ['emulator/s3control/behaviour.md'],
    why: 'each job costs $0.25, and kms-rewrap sends none',
  },
  {
    id: 's3-price-of-annotations',
    service: 'S3',
    open: 'what requests about annotations cost, and those of KMS with RSA keys',
    where: ['emulator/meter/behaviour.md'],
    why: 'only a bill tells, days later',
    byHand: 'Cost Explorer, by usage type, some days after a run',
  },
  {
    id: 'iam-limits-of-resource-policies',
    service: 'others',
    open: 'whether boundaries and session policies limit what a resource policy allows to everyone',
    where: ['emulator/iam/behaviour.md'],
    why: 'it takes a bucket that is open to everyone, which accounts for tests forbid as well',
  },
  {
    id: 'cloudtrail-failures-and-owners',
    service: 'others',
    open: 'which failed calls of KMS CloudTrail logs, and what the owner of a key sees of a caller of another account',
    where: ['emulator/cloudtrail/behaviour.md'],
    why: 'files of a trail come minutes later, and owners of keys in other accounts need a second account',
  },
  {
    id: 'sts-size-of-session-policies',
    service: 'STS',
    open: 'how many characters of a session policy AWS takes once it has packed them',
    where: ['emulator/sts/behaviour.md'],
    why: 'roles of other accounts need a second account',
  },
];
