import type { BatchExecuteStatementCommandInput } from '@aws-sdk/client-dynamodb';
import { isOfIdentity, isTransient, messageOf, nameOf } from '../aws/errors.ts';
import { busyOf } from '../aws/busy.ts';
import type { Around } from '../aws/lean-calls.ts';
import type { TableCapacity } from '../records/table-capacity.ts';
import type { BatchAnswer } from './batch-execute-statement-operation.ts';
import type { UpdateStatement } from './update-statement.ts';

export interface Batches {
  /** Sends a BatchExecuteStatement. */
  readonly send: (input: BatchExecuteStatementCommandInput, around: Around) => Promise<BatchAnswer>;
  /** Told, once, why there are no batches any more. */
  readonly refused: (why: string) => void;
}

/** A write that may be one of a batch. */
export interface BatchableUpdate {
  /** Tells items apart. */
  readonly item: string;
  readonly statement: UpdateStatement;
  /** What it takes of the table. */
  readonly units: number;
  /** The same write by itself. */
  readonly alone: () => Promise<unknown>;
}

interface Waiting {
  readonly update: BatchableUpdate;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Developer Guide, "Running batch operations with PartiQL for DynamoDB". */
const MOST_STATEMENTS = 25;

/**
 * Sends writes that are ready at the same time in one request, each under its own condition. A write that DynamoDB reports
 * as done is done. For any other answer the same write is sent by itself, and that answer counts: so its outcome, its
 * retries and the names of its errors are those of an UpdateItem, whatever a statement may answer.
 */
export class BatchedUpdates {
  readonly #batches: Batches;
  readonly #capacity: TableCapacity;
  readonly #waiting = new Map<string, Waiting>();
  #scheduled = false;
  #refused = false;

  constructor(batches: Batches, capacity: TableCapacity) {
    this.#batches = batches;
    this.#capacity = capacity;
  }

  get areAllowed(): boolean {
    return !this.#refused && this.#capacity.writtenTogether > 0;
  }

  send(update: BatchableUpdate): Promise<unknown> {
    if (this.#waiting.has(update.item)) this.#flush();
    const sent = new Promise((resolve, reject) => {
      this.#waiting.set(update.item, { update, resolve, reject });
    });
    if (this.#waiting.size === MOST_STATEMENTS) this.#flush();
    else this.#soon();
    return sent;
  }

  /** As soon as nothing else is ready: no write waits for a timer. */
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const batch of inBatches(waiting, this.#capacity.writtenTogether))
      if (batch.length < 2) batch.forEach(sendAlone);
      else void this.#sendTogether(batch);
  }

  async #sendTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const codes = await this.#codesOf(batch.map(({ update }) => update));
      if (codes.every(code => REFUSALS.includes(code))) this.#giveUp(`each statement: ${codes[0]}`);
      if (codes.some(code => THROTTLED.includes(code))) this.#capacity.throttled('write');
      for (const [index, one] of batch.entries())
        if (codes[index] === undefined) one.resolve(undefined);
        else sendAlone(one);
    } catch (error) {
      if (mayPass(error)) for (const { reject } of batch) reject(error);
      else {
        this.#giveUp(`${nameOf(error)}: ${messageOf(error)}`);
        batch.forEach(sendAlone);
      }
    }
  }

  async #codesOf(updates: readonly BatchableUpdate[]): Promise<BatchAnswer['codes']> {
    const expected = unitsOf(updates);
    const input = {
      Statements: updates.map(({ statement }) => statement),
      ReturnConsumedCapacity: 'TOTAL' as const,
    };
    let codes: BatchAnswer['codes'] = [];
    await this.#capacity.spend('write', expected, async around => {
      const answer = await this.#batches.send(input, around);
      ({ codes } = answer);
      // Which statement an answer belongs to is only known by its place.
      if (codes.length !== updates.length) codes = updates.map(() => '');
      const failed = unitsOf(updates.filter((_, index) => codes[index] === 'ConditionalCheckFailed'));
      return { ConsumedCapacity: { CapacityUnits: answer.units ?? failed } };
    });
    return codes;
  }

  #giveUp(why: string): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#batches.refused(why);
  }
}

/** Codes of a statement (API Reference, BatchStatementError) that a next one would get as well, if all get them. */
const REFUSALS: readonly (string | undefined)[] = ['AccessDenied', 'ValidationError'];
const THROTTLED: readonly (string | undefined)[] = [
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
];

/** All retries were used up. Whether the writes happened is not known, as after an UpdateItem. */
function mayPass(error: unknown): boolean {
  return isTransient(error) || isOfIdentity(error) || busyOf(error) !== undefined || isLocal(error);
}

/** Not an answer of AWS: nothing was sent, or no answer came. */
function isLocal(error: unknown): boolean {
  return (
    (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode ===
    undefined
  );
}

/** A batch waits until all of its units may be used, so where capacity is bounded it takes few. */
function inBatches(waiting: readonly Waiting[], mostUnits: number): readonly (readonly Waiting[])[] {
  const batches: Waiting[][] = [];
  let left = 0;
  for (const one of waiting) {
    const last = batches.at(-1);
    if (last === undefined || one.update.units > left) {
      batches.push([one]);
      left = mostUnits;
    } else last.push(one);
    left -= one.update.units;
  }
  return batches;
}

function sendAlone({ update, resolve, reject }: Waiting): void {
  update.alone().then(resolve, reject);
}

function unitsOf(updates: readonly BatchableUpdate[]): number {
  return updates.reduce((sum, { units }) => sum + units, 0);
}
