import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { writtenPlace } from '../core/model/job.ts';
import type { RunPlan } from '../core/model/run.ts';
import type { FinishedRun, RunHistory } from '../core/plan/ports.ts';

/**
 * The last migration into each place, in the ledger table: partition `STORE#place`, sort key `LAST-MIGRATION`.
 * Kept for good, as checkpoints are not: a rotation back may be years away.
 */
export class LedgerHistory implements RunHistory {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async lastMigration(place: string): Promise<FinishedRun | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: historyKey(place), ConsistentRead: true }),
    );
    return Item?.['migration']?.S === undefined
      ? undefined
      : (JSON.parse(Item['migration'].S) as FinishedRun);
  }

  /** Remembers a migration that came to its end, for each of its stores. */
  async remember({ runId, sources, destination, stores, storeRegion }: RunPlan): Promise<void> {
    const sourceKeyArns = sources.flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]);
    const migration: FinishedRun = { runId, sourceKeyArns, destinationKeyArn: destination.keyArn };
    for (const store of stores)
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: historyKey(writtenPlace(store, storeRegion)),
          UpdateExpression: 'SET migration = :migration',
          ExpressionAttributeValues: { ':migration': { S: JSON.stringify(migration) } },
        }),
      );
  }
}

/** Before there is a deployment, there is no history. */
export const NO_HISTORY: RunHistory = { lastMigration: () => Promise.resolve(undefined) };

function historyKey(place: string): { run: { S: string }; item: { S: string } } {
  return { run: { S: `STORE#${place}` }, item: { S: 'LAST-MIGRATION' } };
}
