import type { Difference } from '../differences.ts';

const NO_BACKUPS = { right: 'not there', why: 'it has no DescribeContinuousBackups' } as const;

export const DYNAMODB_LOCAL: readonly Omit<Difference, 'peer'>[] = [
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
    suite: 'contract/',
    messages: /UnknownOperationException: dynamodb:DescribeContinuousBackups/,
    ...NO_BACKUPS,
  },
  {
    suite: 'emulator/dynamodb',
    tests: /answers about backups of tables that exist/,
    ...NO_BACKUPS,
  },
  {
    suite: 'emulator/dynamodb',
    tests: /refuses the tag/,
    messages: /UnknownOperationException/,
    right: 'not there',
    why: 'it has no TagResource',
  },
  {
    suite: 'emulator/dynamodb-expressions',
    tests: /refuses [<>]=? with a value that has no order/,
    right: 'not documented',
    why: 'the words of the error; who compares what has no order gets a ValidationException from both',
  },
  {
    suite: 'emulator/dynamodb-expressions',
    tests: /refuses a sum that DynamoDB cannot keep/,
    right: 'not documented',
    why: 'the words of the error: it has others for 38 digits than for a number that is too large',
  },
  {
    suite: 'emulator/dynamodb-expressions',
    tests: /that only removes makes no item/,
    right: 'not documented',
    why: 'UpdateItem "adds a new item to the table if it does not already exist", and does so there; AWS has been seen to make none of an update that only removes',
  },
  {
    suite: 'emulator/dynamodb',
    tests: /refuses a value whose type differs from that of an index key/,
    right: 'embedded',
    why: 'a value of a key of an index must have the type that the table names; it takes any',
  },
  {
    suite: 'emulator/dynamodb-indexes',
    tests: /is neither empty nor too large for UpdateItem/,
    right: 'embedded',
    why: 'keys of indexes have 2,048 and 1,024 bytes at most; an update takes larger ones there',
  },
  {
    suite: 'emulator/dynamodb-indexes',
    tests: /a table is named by its ARN/,
    right: 'embedded',
    why: 'a TableName may be an ARN; it finds no table by one',
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
