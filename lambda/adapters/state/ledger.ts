import {
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import type { UnitProgress } from '../../core/model/books.ts';
import { UnitConflict } from '../../core/model/errors.ts';
import type { Ledger, RunControl } from '../../core/ports.ts';
import { CAPACITY_LIMITS, type CapacityLimit } from '../../core/rate/run-capacity.ts';
import { nameOf } from '../aws/errors.ts';
import { ledgerKey, ledgerPartition } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';

/** Progress and control of runs, in the ledger table. */
export class DynamoDbLedger implements Ledger {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async lastCheckpoint(progress: UnitProgress, runId: string): Promise<UnitProgress | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: ledgerKey.unit(runId, progress),
        ConsistentRead: true,
      }),
    );
    return Item?.['progress']?.S === undefined ? undefined : (JSON.parse(Item['progress'].S) as UnitProgress);
  }

  async checkpoint(progress: UnitProgress, previousPages: number): Promise<void> {
    const writer = randomUUID();
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: ledgerKey.unit(progress.runId, progress),
          UpdateExpression: `SET progress = :progress, pages = :pages, writer = :writer ${KEPT}`,
          // If nothing is stored yet, this is the run's first checkpoint, even if the run continues another one.
          ConditionExpression: 'attribute_not_exists(pages) OR pages = :previous',
          ExpressionAttributeValues: {
            ':progress': { S: JSON.stringify(progress) },
            ':pages': { N: String(progress.pages) },
            ':writer': { S: writer },
            ':previous': { N: String(previousPages) },
          },
        }),
      );
    } catch (error) {
      if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
      // If an answer got lost, the retry meets our own write. That is not a conflict.
      if ((await this.#writer(progress)) !== writer) {
        throw new UnitConflict(
          'ledger.conflict',
          `unit ${progress.unitId} of ${progress.runId} was moved on by another invocation`,
          { cause: error },
        );
      }
    }
  }

  async readControl(runId: string): Promise<RunControl> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: ledgerKey.control(runId), ConsistentRead: true }),
    );
    const rate = Item?.['kmsRequestsPerSecond'];
    const brokenPremise = Item?.['brokenPremise']?.S;
    const trouble = Item?.['trouble']?.S;
    const paused = Item?.['paused']?.BOOL;
    const leaseUntil = Item?.['leaseUntil']?.N;
    const verifying = Item?.['verifying']?.BOOL;
    return {
      ...(leaseUntil !== undefined && { leaseUntil: Number(leaseUntil) }),
      ...(verifying !== undefined && { verifying }),
      ...(paused !== undefined && { paused }),
      ...(rate !== undefined && { kmsRequestsPerSecond: numberIn(rate) }),
      ...Object.fromEntries(
        CAPACITY_LIMITS.flatMap(limit =>
          Item?.[limit] === undefined ? [] : [[limit, numberIn(Item[limit])]],
        ),
      ),
      ...(trouble !== undefined && { trouble }),
      ...(brokenPremise !== undefined && { brokenPremise }),
    };
  }

  async breakPremise(runId: string, message: string): Promise<void> {
    await this.#control(runId, 'brokenPremise = if_not_exists(brokenPremise, :message)', {
      ':message': { S: message },
    });
  }

  async noteTrouble(runId: string, words: string): Promise<void> {
    await this.#control(runId, 'trouble = :words', { ':words': { S: words } });
  }

  async renewLease(runId: string, until: number): Promise<void> {
    await this.#control(runId, 'leaseUntil = :until', { ':until': { N: String(until) } });
  }

  async noteVerifying(runId: string): Promise<void> {
    await this.#control(runId, 'verifying = :true', { ':true': { BOOL: true } });
  }

  /** It stands with the last migrations of the job, and like them it is kept for good. */
  async distrustJournals(job: string): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: ledgerKey.latestRun(job, 'migrate'),
        UpdateExpression: 'ADD contradictions :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  }

  /** Each worker of a run takes its share of the new rate before its next page. */
  async setRate(runId: string, kmsRequestsPerSecond: number): Promise<void> {
    await this.#control(runId, 'kmsRequestsPerSecond = :rate', {
      ':rate': { N: String(kmsRequestsPerSecond) },
    });
  }

  /** Each worker keeps to the new limit from its next page on. */
  async setCapacity(runId: string, limit: CapacityLimit, unitsPerSecond: number): Promise<void> {
    await this.#control(runId, `${limit} = :units`, { ':units': { N: String(unitsPerSecond) } });
  }

  /** No worker begins another page while a run is paused. */
  async pause(runId: string, paused: boolean): Promise<void> {
    await this.#control(runId, 'paused = :paused', { ':paused': { BOOL: paused } });
  }

  /** Remembers that every unit of a run has finished. */
  async remember(runId: string): Promise<void> {
    await this.#control(runId, 'succeeded = :true', { ':true': { BOOL: true } });
  }

  /** Stops what is left of a run for good, and returns since when it is stopped. */
  async fence(
    runId: string,
    now: number,
  ): Promise<{ readonly succeeded: boolean; readonly fencedAt: number }> {
    await this.breakPremise(runId, 'the run is rolled back: nothing of it may be written any more');
    const item = await this.#control(runId, 'fencedAt = if_not_exists(fencedAt, :now)', {
      ':now': { N: String(now) },
    });
    return { succeeded: item['succeeded']?.BOOL === true, fencedAt: Number(item['fencedAt']?.N ?? now) };
  }

  /** Sets an attribute of a run's control item and returns the whole item. */
  async #control(
    runId: string,
    assignment: string,
    values: Record<string, AttributeValue>,
  ): Promise<Record<string, AttributeValue>> {
    const { Attributes } = await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: ledgerKey.control(runId),
        UpdateExpression: `SET ${assignment} ${KEPT}`,
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes ?? {};
  }

  /** Every checkpoint of a run, for progress and for the report of a run that was cut short. */
  async *units(runId: string): AsyncGenerator<UnitProgress> {
    for await (const { progress } of queryPartition(this.#client, this.#table, ledgerPartition.run(runId)))
      if (progress?.S !== undefined) yield JSON.parse(progress.S) as UnitProgress;
  }

  async #writer(progress: UnitProgress): Promise<string | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: ledgerKey.unit(progress.runId, progress),
        ConsistentRead: true,
      }),
    );
    return Item?.['writer']?.S;
  }
}

/** The number in an attribute, which may be text if someone wrote it by hand. NaN if there is none. */
function numberIn({ N, S }: AttributeValue): number {
  const text = (N ?? S ?? '').trim();
  return text === '' ? NaN : Number(text);
}

/** Nothing of a run expires before its end (ledger-expiry.ts). Earlier versions gave every item a date. */
const KEPT = 'REMOVE expiresAt';
