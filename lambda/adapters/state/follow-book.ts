import {
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { FollowBook, FollowState, KnownFollow } from '../../core/follow/ports.ts';
import { canonicalJson } from '../../core/model/canonical-json.ts';
import type { JobFollow } from '../../core/model/job.ts';
import { followedJob, ledgerKey, ledgerPartition } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

/** Attributes that count data keys, by the key that they were under. */
const LATE = 'late:';

/** What the ledger keeps of the follower of each job. Several invocations add to it at a time. */
export class LedgerFollowBook implements FollowBook {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async state(job: string): Promise<FollowState> {
    return stateOf(await this.#item(job));
  }

  async saw(job: string, late: ReadonlyMap<string, number>, now: number): Promise<void> {
    const keys = [...late];
    await this.#update(job, {
      UpdateExpression: `SET lateAt = :now ADD ${keys.map((_, at) => `#k${at} :n${at}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(keys.map(([arn], at) => [`#k${at}`, `${LATE}${arn}`])),
      ExpressionAttributeValues: {
        ':now': { N: String(now) },
        ...Object.fromEntries(keys.map(([, count], at) => [`:n${at}`, { N: String(count) }])),
      },
    });
  }

  looked(job: string, now: number): Promise<void> {
    return this.#set(job, 'lookedAt', now);
  }

  left(job: string, now: number): Promise<void> {
    return this.#set(job, 'leftAt', now);
  }

  async deployed(job: string, follow: JobFollow, now: number): Promise<FollowState> {
    const item = await this.#item(job);
    const text = canonicalJson(follow);
    if (item?.['follow']?.S === text && item['withdrawnAt'] === undefined) return stateOf(item);
    await this.#update(job, {
      UpdateExpression: 'SET follow = :follow, since = :now REMOVE withdrawnAt',
      ExpressionAttributeValues: { ':follow': { S: text }, ':now': { N: String(now) } },
    });
    const { withdrawnAt: _withdrawn, ...state } = stateOf(item);
    return { ...state, follow, since: now };
  }

  end(job: string, now: number): Promise<void> {
    return this.#set(job, 'endedAt', now);
  }

  withdraw(job: string, now: number): Promise<void> {
    return this.#set(job, 'withdrawnAt', now);
  }

  async *all(): AsyncGenerator<KnownFollow> {
    for await (const found of queryPartition(this.#client, this.#table, ledgerPartition.follows())) {
      const { item, ...others } = found;
      if (item?.S !== undefined) yield { job: followedJob(item.S), state: stateOf(others) };
    }
  }

  #set(job: string, name: string, time: number): Promise<void> {
    return this.#update(job, {
      UpdateExpression: `SET ${name} = :time`,
      ExpressionAttributeValues: { ':time': { N: String(time) } },
    });
  }

  async #item(job: string): Promise<Record<string, AttributeValue> | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: ledgerKey.follow(job), ConsistentRead: true }),
    );
    return Item;
  }

  async #update(
    job: string,
    update: {
      readonly UpdateExpression: string;
      readonly ExpressionAttributeNames?: Record<string, string>;
      readonly ExpressionAttributeValues: Record<string, AttributeValue>;
    },
  ): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({ TableName: this.#table, Key: ledgerKey.follow(job), ...update }),
    );
  }
}

function stateOf(item: Record<string, AttributeValue> = {}): FollowState {
  const times = ['since', 'lateAt', 'lookedAt', 'leftAt', 'endedAt', 'withdrawnAt'].flatMap(name =>
    item[name]?.N === undefined ? [] : [[name, Number(item[name].N)]],
  );
  const late = Object.entries(item).flatMap(([name, value]) =>
    name.startsWith(LATE) ? [[name.slice(LATE.length), Number(value.N)]] : [],
  );
  const follow = item['follow']?.S;
  return {
    ...(Object.fromEntries(times) as Omit<FollowState, 'late' | 'follow'>),
    ...(follow !== undefined && { follow: JSON.parse(follow) as JobFollow }),
    late: Object.fromEntries(late) as FollowState['late'],
  };
}
