import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { TableCatalog } from '../../core/stores/dynamodb/catalog.ts';
import type { TableStore } from '../../core/stores/dynamodb/schema.ts';
import type { RecordStore } from '../../core/ports.ts';
import type { AwsClients } from '../aws/clients.ts';
import { CopiedRecords } from '../records/copied-records.ts';
import { lookup, needed, type OpenOptions, type StoreAdapter } from '../records/store-adapter.ts';
import { DynamoDbRecords, type Table } from './records.ts';
import { UPDATE_ITEM } from './update-item-operation.ts';

/** Tables over the DynamoDB API. */
export const tableAdapter: StoreAdapter<TableStore, TableCatalog> = { open: openTable, catalog };

async function openTable(store: TableStore, { clients, region, guards }: OpenOptions): Promise<RecordStore> {
  const { table, copyTo, scope } = store;
  const open = async (
    place: Omit<Table, 'keyNames' | 'update'>,
    client: DynamoDBClient,
  ): Promise<DynamoDbRecords> =>
    new DynamoDbRecords(client, {
      ...place,
      keyNames: await keyNames(place.name, client),
      update: clients.lean(client, UPDATE_ITEM),
      ...(guards !== undefined && { guards }),
    });
  const source = await open(
    { name: table, ...(scope !== undefined && { scope }) },
    clients.dynamodb(store.region ?? region),
  );
  if (copyTo === undefined) return source;
  const target = await open({ name: copyTo.table }, clients.dynamodb(copyTo.region));
  return new CopiedRecords(source, target, copyTo.createMissing);
}

async function keyNames(table: string, client: DynamoDBClient): Promise<readonly string[]> {
  const about = { code: 'dynamodb.describe', call: `dynamodb:DescribeTable of ${table}` };
  const { Table } = await needed(about, () => client.send(new DescribeTableCommand({ TableName: table })));
  return namesOf(Table?.KeySchema, ({ AttributeName }) => AttributeName);
}

function catalog(clients: AwsClients): TableCatalog {
  return {
    describeTable({ region, table: TableName }) {
      const dynamodb = clients.dynamodb(region);
      return lookup(async () => {
        const { Table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName }));
        const { ContinuousBackupsDescription: backups } = await dynamodb.send(
          new DescribeContinuousBackupsCommand({ TableName }),
        );
        const recovery = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
        return { ...described(Table), pointInTimeRecovery: recovery === 'ENABLED' };
      });
    },
  };
}

function described({
  KeySchema,
  GlobalSecondaryIndexes = [],
  LocalSecondaryIndexes = [],
  ItemCount = 0,
  TableSizeBytes = 0,
  StreamSpecification,
  Replicas,
  RestoreSummary,
  TableStatus,
}: TableDescription) {
  return {
    ...(RestoreSummary?.RestoreInProgress === true
      ? { filling: 'restore' as const }
      : TableStatus === 'CREATING' && { filling: 'import or creation' as const }),
    keyNames: namesOf(KeySchema, ({ AttributeName }) => AttributeName),
    indexNames: namesOf([...GlobalSecondaryIndexes, ...LocalSecondaryIndexes], ({ IndexName }) => IndexName),
    itemCount: ItemCount,
    sizeBytes: TableSizeBytes,
    streamEnabled: StreamSpecification?.StreamEnabled ?? false,
    replicaRegions: namesOf(Replicas, ({ RegionName }) => RegionName),
  };
}

function namesOf<One>(
  all: readonly One[] | undefined,
  nameOf: (one: One) => string | undefined,
): readonly string[] {
  return (all ?? []).flatMap(one => nameOf(one) ?? []);
}
