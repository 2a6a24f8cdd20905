import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  paginateListTables,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { TableCapacity, TableCatalog } from '../../core/stores/dynamodb/catalog.ts';
import { capacityName } from '../../core/stores/dynamodb/capacity.ts';
import type { TableStore } from '../../core/stores/dynamodb/schema.ts';
import type { RecordStore } from '../../core/ports.ts';
import type { AwsClients } from '../aws/clients.ts';
import { CopiedRecords } from '../records/copied-records.ts';
import { lookup, needed, type OpenOptions, type StoreAdapter } from '../records/store-adapter.ts';
import { BATCH_EXECUTE_STATEMENT } from './batch-execute-statement-operation.ts';
import { DynamoDbRecords, type Table } from './records.ts';
import { UPDATE_ITEM } from './update-item-operation.ts';

/** Tables over the DynamoDB API. */
export const tableAdapter: StoreAdapter<TableStore, TableCatalog> = { open: openTable, namesIn, catalog };

async function openTable(
  store: TableStore,
  { clients, region, guards, capacities, batchesRefused }: OpenOptions,
): Promise<RecordStore> {
  const { table, copyTo, scope } = store;
  const open = async (place: Pick<Table, 'name' | 'scope'>, itsRegion: string): Promise<DynamoDbRecords> => {
    const client = clients.dynamodb(itsRegion);
    const capacity = capacities?.of(capacityName(store, { region: itsRegion, table: place.name }));
    return new DynamoDbRecords(client, {
      ...place,
      keyNames: await keyNames(place.name, client),
      update: clients.lean(client, UPDATE_ITEM),
      // The roles of guarded tables may not.
      ...(batchesRefused !== undefined &&
        guards === undefined && {
          batches: { send: clients.lean(client, BATCH_EXECUTE_STATEMENT), refused: batchesRefused },
        }),
      ...(guards !== undefined && { guards }),
      ...(capacity !== undefined && { capacity }),
    });
  };
  const source = await open({ name: table, ...(scope !== undefined && { scope }) }, store.region ?? region);
  if (copyTo === undefined) return source;
  const target = await open({ name: copyTo.table }, copyTo.region);
  return new CopiedRecords(source, target, copyTo.createMissing);
}

async function keyNames(table: string, client: DynamoDBClient): Promise<readonly string[]> {
  const about = { code: 'dynamodb.describe', call: `dynamodb:DescribeTable of ${table}` };
  const { Table } = await needed(about, () => client.send(new DescribeTableCommand({ TableName: table })));
  return namesOf(Table?.KeySchema, ({ AttributeName }) => AttributeName);
}

async function namesIn(clients: AwsClients, region: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: clients.dynamodb(region) }, {}))
    names.push(...TableNames);
  return names;
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

    serverSideKeys({ region, table: TableName }) {
      return lookup(async () => {
        const { Table } = await clients.dynamodb(region).send(new DescribeTableCommand({ TableName }));
        return serverSideKeysOf(Table ?? {});
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
  LatestStreamArn,
  Replicas,
  RestoreSummary,
  TableStatus,
  WarmThroughput,
  SSEDescription,
  CreationDateTime,
  ...throughput
}: TableDescription) {
  const capacity = capacityOf(throughput);
  const warmReads = WarmThroughput?.ReadUnitsPerSecond;
  return {
    ...(capacity !== undefined && { capacity }),
    ...(warmReads !== undefined && { warmReads }),
    ...(CreationDateTime !== undefined && { madeAt: CreationDateTime.getTime() }),
    ...(RestoreSummary?.RestoreInProgress === true
      ? { filling: 'restore' as const }
      : TableStatus === 'CREATING' && { filling: 'import or creation' as const }),
    keyNames: namesOf(KeySchema, ({ AttributeName }) => AttributeName),
    indexNames: namesOf([...GlobalSecondaryIndexes, ...LocalSecondaryIndexes], ({ IndexName }) => IndexName),
    itemCount: ItemCount,
    sizeBytes: TableSizeBytes,
    streamEnabled: StreamSpecification?.StreamEnabled ?? false,
    ...(StreamSpecification?.StreamEnabled === true &&
      LatestStreamArn !== undefined && { streamArn: LatestStreamArn }),
    replicaRegions: namesOf(Replicas, ({ RegionName }) => RegionName),
    serverSideKeys: serverSideKeysOf({ SSEDescription, Replicas }),
  };
}

function serverSideKeysOf({
  SSEDescription,
  Replicas,
}: Pick<TableDescription, 'SSEDescription' | 'Replicas'>): readonly string[] {
  return [
    ...namesOf([SSEDescription ?? {}], ({ KMSMasterKeyArn }) => KMSMasterKeyArn),
    ...namesOf(Replicas, ({ KMSMasterKeyId }) => KMSMasterKeyId),
  ];
}

/** A table on demand names a provisioned throughput of 0, and -1 for no maximum. */
function capacityOf({
  ProvisionedThroughput: provisioned,
  OnDemandThroughput: maximum,
}: Pick<TableDescription, 'ProvisionedThroughput' | 'OnDemandThroughput'>): TableCapacity | undefined {
  const [reads, writes] = [provisioned?.ReadCapacityUnits ?? 0, provisioned?.WriteCapacityUnits ?? 0];
  if (reads > 0 && writes > 0) return { kind: 'provisioned', reads, writes };
  const most = [maximum?.MaxReadRequestUnits ?? -1, maximum?.MaxWriteRequestUnits ?? -1] as const;
  if (most.every(one => one < 0)) return undefined;
  return {
    kind: 'maximum',
    ...(most[0] >= 0 && { reads: most[0] }),
    ...(most[1] >= 0 && { writes: most[1] }),
  };
}

function namesOf<One>(
  all: readonly One[] | undefined,
  nameOf: (one: One) => string | undefined,
): readonly string[] {
  return (all ?? []).flatMap(one => nameOf(one) ?? []);
}
