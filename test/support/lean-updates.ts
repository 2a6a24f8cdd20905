import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { Table } from '../../lambda/adapters/dynamodb/records.ts';
import { BATCH_EXECUTE_STATEMENT } from '../../lambda/adapters/dynamodb/batch-execute-statement-operation.ts';
import { UPDATE_ITEM } from '../../lambda/adapters/dynamodb/update-item-operation.ts';

/** UpdateItem as workers send it. */
export function leanUpdates(endpoint: string): NonNullable<Table['update']> {
  const clients = new AwsClients({ endpoint });
  return clients.lean(clients.dynamodb(), UPDATE_ITEM);
}

/** Batches as workers send them. @param refused is told why there are no batches any more */
export function leanBatches(
  endpoint: string,
  refused: (why: string) => void = () => undefined,
): NonNullable<Table['batches']> {
  const clients = new AwsClients({ endpoint, region: 'us-east-1' });
  return { send: clients.lean(clients.dynamodb(), BATCH_EXECUTE_STATEMENT), refused };
}
