import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { BOOK_BUSY } from '../../lambda/core/rate/lease.ts';

/** A table that answers every call with one error. */
function answering(name: string): LedgerShareBook {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const error = Object.assign(new Error(name), { name });
  client.middlewareStack.add(() => () => Promise.reject(error), { step: 'initialize' });
  return new LedgerShareBook(client, 'Ledger');
}

describe('the leases in the ledger', () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'are busy, to readers and writers, where DynamoDB says %s',
    async name => {
      const busy = { name: 'ServiceUnavailable', code: BOOK_BUSY };
      await expect(answering(name).read('us-east-1')).rejects.toMatchObject(busy);
      await expect(
        answering(name).write('us-east-1', { id: 'slot', version: 0 }, undefined),
      ).rejects.toMatchObject(busy);
    },
  );

  it('are not busy where they are not there', async () => {
    await expect(answering('ResourceNotFoundException').read('us-east-1')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
