import { UpdateItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import { BOOK_BUSY, type Lease, type ShareBook, type Slot } from '../../core/rate/lease.ts';
import { busyOf } from '../aws/busy.ts';
import { nameOf } from '../aws/errors.ts';
import { ledgerKey, ledgerPartition } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

/**
 * Shares of the KMS rate, in the ledger table. Two workers write the same slot only while both look for a free one, so no
 * item is hot, whatever the number of workers.
 */
export class LedgerShareBook implements ShareBook {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(region: string): Promise<readonly Slot[]> {
    const slots: Slot[] = [];
    try {
      for await (const item of queryPartition(this.#client, this.#table, ledgerPartition.shares(region)))
        slots.push(slotOf(item));
    } catch (error) {
      throw busyOr(error);
    }
    return slots;
  }

  async write(region: string, { id, version }: Slot, lease: Lease | undefined): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: ledgerKey.share(region, id),
          UpdateExpression: 'SET lease = :lease, version = :next, expiresAt = :expiresAt',
          ConditionExpression: version === 0 ? 'attribute_not_exists(version)' : 'version = :version',
          ExpressionAttributeValues: {
            ':lease': lease === undefined ? { NULL: true } : { S: JSON.stringify(lease) },
            ':next': { N: String(version + 1) },
            ':expiresAt': { N: String(Math.floor(Date.now() / 1000) + KEEP_SECONDS) },
            ...(version > 0 && { ':version': { N: String(version) } }),
          },
        }),
      );
      return true;
    } catch (error) {
      // If the answer to our own change got lost, it looks like someone else's. The caller reads again and finds its
      // lease.
      if (nameOf(error) === 'ConditionalCheckFailedException') return false;
      throw busyOr(error);
    }
  }
}

function busyOr(error: unknown): unknown {
  return busyOf(error) === undefined
    ? error
    : new ServiceUnavailable(BOOK_BUSY, 'too many workers use the shares of the KMS rate at once', {
        cause: error,
      });
}

/** A slot expires after a day without use. No lease lasts longer than an invocation and its margins. */
const KEEP_SECONDS = 24 * 3600;

function slotOf({ item, version, lease }: Record<string, AttributeValue>): Slot {
  return {
    id: item?.S ?? '',
    version: Number(version?.N ?? 0),
    ...(lease?.S !== undefined && { lease: JSON.parse(lease.S) as Lease }),
  };
}
