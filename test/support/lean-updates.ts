import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { Table } from '../../lambda/adapters/dynamodb/records.ts';
import { UPDATE_ITEM } from '../../lambda/adapters/dynamodb/update-item-operation.ts';

/** UpdateItem as workers send it. */
export function leanUpdates(endpoint: string): NonNullable<Table['update']> {
  const clients = new AwsClients({ endpoint });
  return clients.lean(clients.dynamodb(), UPDATE_ITEM);
}
