import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Deadline } from '../../core/ports.ts';
import { busyOf } from '../aws/busy.ts';
import { nameOf } from '../aws/errors.ts';
import { itemOfRun, ledgerPartition, type LedgerKey } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

const DAY_SECONDS = 24 * 3600;
/** No run continues from the checkpoints of a finished run; only `rewrap status` still shows them. */
const CHECKPOINTS_SECONDS = 90 * DAY_SECONDS;
/**
 * A rollback asks whether the run finished, and needs the run's plan. Keep both for the same time
 * (lib/storage/run-bucket.ts).
 */
const CONTROL_SECONDS = 730 * DAY_SECONDS;
const IN_FLIGHT = 32;
/** Reserved for the function's answer. */
const RESERVE_MS = 30_000;

/**
 * A run's items in the ledger never expire while the run, or one that continues it, may need them: only the end of a run
 * sets a date. That is one write for each unit and pass, of some 2 KB: $0.0000013, once for the thousands of records of a
 * unit, or for the one record of a tiny unit, whose migration costs three times as much.
 */
export class LedgerExpiry {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Stops when the time is up. Items without a date are kept, which costs only their storage. */
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
          // The item may have expired in the meantime. Do not create it again.
          ConditionExpression: 'attribute_exists(run)',
          ExpressionAttributeValues: { ':at': { N: String(at) } },
        }),
      );
    } catch (error) {
      // All items of a run lie in one partition, which takes 1,000 writes a second: those of the other units still get their date.
      if (busyOf(error) === undefined && nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
