import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Deadline } from '../../core/ports.ts';
import { nameOf } from '../aws/errors.ts';
import { itemOfRun, ledgerPartition, type LedgerKey } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

const DAY_SECONDS = 24 * 3600;
/** Nobody goes on from the checkpoints of a run that came to its end; `rewrap status` shows them. */
const CHECKPOINTS_SECONDS = 90 * DAY_SECONDS;
/** That a run came to its end is asked by its rollback, which needs the run's plan: kept as long as that one (lib/storage/run-bucket.ts). */
const CONTROL_SECONDS = 730 * DAY_SECONDS;
const IN_FLIGHT = 32;
/** Kept back for the answer of the function. */
const RESERVE_MS = 30_000;

/**
 * What a run leaves in the ledger never expires while it, or one that goes on from it, may need it: only the end of a run
 * sets a date. One write for each unit and pass, of some 2 KB: $0.0000013, once for the thousands of records of a unit,
 * or for the one record of a tiny unit, whose moving costs three times as much.
 */
export class LedgerExpiry {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Ends early where the time does: what then has no date is kept, which costs nothing but its storage. */
  async letExpire(runId: string, now: number, deadline: Deadline): Promise<void> {
    const items = queryPartition(this.#client, this.#table, ledgerPartition.run(runId));
    const seconds = Math.floor(now / 1000);
    await pMap(
      items,
      async ({ item }) => {
        const found = itemOfRun(runId, item?.S ?? '');
        if (found === undefined || deadline.remaining() < RESERVE_MS) return;
        const keep = found.kind === 'control' ? CONTROL_SECONDS : CHECKPOINTS_SECONDS;
        await this.#date(found.key, seconds + keep);
      },
      { concurrency: IN_FLIGHT },
    );
  }

  async #date(Key: LedgerKey, at: number): Promise<void> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key,
          UpdateExpression: 'SET expiresAt = :at',
          // It may have expired meanwhile: what is gone is not made again.
          ConditionExpression: 'attribute_exists(run)',
          ExpressionAttributeValues: { ':at': { N: String(at) } },
        }),
      );
    } catch (error) {
      if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
