import {
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { FollowerLocks } from '../../core/lock/followers.ts';
import type { Follower, Holder } from '../../core/lock/store-lock.ts';
import type { Lock, StoreLocks } from '../../core/lock/take-locks.ts';
import { nameOf } from '../aws/errors.ts';
import { ledgerKey, ledgerPartition } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

/**
 * Who works on which table or bucket, in the ledger table. One partition holds all locks, so that one query shows them.
 * A lock that is given back stays: its version only ever grows.
 */
export class LedgerStoreLocks implements StoreLocks, FollowerLocks {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(resource: string): Promise<Lock> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: ledgerKey.lock(resource), ConsistentRead: true }),
    );
    return lockOf(Item);
  }

  replace(resource: string, version: number, holders: readonly Holder[]): Promise<boolean> {
    return this.#change(resource, version, { name: 'holders', text: JSON.stringify(holders) });
  }

  replaceFollowers(resource: string, version: number, followers: readonly Follower[]): Promise<boolean> {
    return this.#change(resource, version, { name: 'followers', text: JSON.stringify(followers) });
  }

  async #change(
    resource: string,
    version: number,
    { name, text }: { readonly name: 'holders' | 'followers'; readonly text: string },
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: ledgerKey.lock(resource),
          UpdateExpression: `SET ${name} = :list, version = :next`,
          ConditionExpression: version === 0 ? 'attribute_not_exists(version)' : 'version = :version',
          ExpressionAttributeValues: {
            ':list': { S: text },
            ':next': { N: String(version + 1) },
            ...(version > 0 && { ':version': { N: String(version) } }),
          },
        }),
      );
      return true;
    } catch (error) {
      // If the answer to our own change got lost, it looks like someone else's. The caller reads again and finds what it
      // wanted.
      if (nameOf(error) === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  /** Every table and bucket that is held. */
  async *held(): AsyncGenerator<{ readonly resource: string; readonly holders: readonly Holder[] }> {
    for await (const item of queryPartition(this.#client, this.#table, ledgerPartition.locks())) {
      const { holders } = lockOf(item);
      if (holders.length > 0) yield { resource: item['item']?.S ?? '', holders };
    }
  }
}

function lockOf(item: Record<string, AttributeValue> | undefined): Lock {
  return {
    version: Number(item?.['version']?.N ?? 0),
    holders: JSON.parse(item?.['holders']?.S ?? '[]') as readonly Holder[],
    ...(item?.['followers']?.S !== undefined && {
      followers: JSON.parse(item['followers'].S) as readonly Follower[],
    }),
  };
}
