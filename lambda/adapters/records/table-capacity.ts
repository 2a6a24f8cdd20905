import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Consumed } from '../../core/model/consumed.ts';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import type { Deadline } from '../../core/ports.ts';
import { addConsumed, consumedAt } from '../../core/rate/consumed.ts';
import { RecentUse } from '../../core/rate/recent-use.ts';
import { UnitPace } from '../../core/rate/unit-pace.ts';
import { busyOf } from '../aws/busy.ts';
import { nameOf } from '../aws/errors.ts';
import type { Around } from '../aws/lean-calls.ts';

/** Units per second; infinite where there is no limit. */
export interface CapacityLimits {
  readonly read: number;
  readonly write: number;
}

export interface CapacityPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Of the invocation. @default there is none */
  readonly deadline?: Deadline;
}

const REAL_TIME: CapacityPorts = { now: () => Date.now(), sleep: ms => sleep(ms) };
const NO_LIMITS: CapacityLimits = { read: Number.POSITIVE_INFINITY, write: Number.POSITIVE_INFINITY };

/** For the request itself, and to journal and account for it. */
const RESERVE_MS = 15_000;

export interface Metered {
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[] | undefined;
}

export type Kind = 'read' | 'write';

/** Units of one kind: how fast they may be used, and how many were. */
class Side {
  readonly pace: UnitPace;
  readonly recent = new RecentUse();
  consumed: Consumed | undefined;
  /** A first request was sent. */
  begun = false;

  constructor(unitsPerSecond: number) {
    this.pace = new UnitPace(unitsPerSecond);
  }

  count(now: number, units: number): void {
    if (units <= 0) return;
    this.recent.add(now, units);
    this.consumed = addConsumed(this.consumed, consumedAt(now, units));
  }
}

/**
 * The capacity of one table, as one worker uses it. Each try of a request waits for its turn, counted by the units that it is
 * expected to take. What the answer says it took is counted for the report, and any excess delays what comes next. When the table
 * throttles, the worker slows down.
 */
export class TableCapacity {
  #limits: CapacityLimits;
  #part: number;
  readonly #ports: CapacityPorts;
  readonly #sides: Readonly<Record<Kind, Side>>;
  #open = true;

  /** @param part the part of the limits that this worker may use until it is told another */
  constructor(limits: CapacityLimits = NO_LIMITS, ports: CapacityPorts = REAL_TIME, part = 1) {
    this.#limits = limits;
    this.#part = part;
    this.#ports = ports;
    this.#sides = { read: new Side(limits.read * part), write: new Side(limits.write * part) };
  }

  use(part: number): void {
    this.#part = part;
    this.#sides.read.pace.setShare(this.#limits.read * part);
    this.#sides.write.pace.setShare(this.#limits.write * part);
  }

  limitTo(limits: CapacityLimits): void {
    this.#limits = limits;
    this.use(this.#part);
  }

  /** How many items to read at a time that take so many units each; at least one. */
  fitting(unitsPerItem: number): number {
    const rate = this.#sides.read.pace.rateAt(this.#ports.now());
    return Math.max(1, Math.floor((rate * READ_SECONDS) / unitsPerItem));
  }

  get isReadBounded(): boolean {
    return this.#sides.read.pace.rateAt(this.#ports.now()) < Number.POSITIVE_INFINITY;
  }

  /** Units that may be written in one request; none for a while after the table has throttled. */
  get writtenTogether(): number {
    return this.#sides.write.pace.togetherAt(this.#ports.now());
  }

  /** Sends a request that is expected to take so many units. `send` puts `around` around each of its tries. */
  async spend<Output extends Metered | undefined>(
    kind: Kind,
    expected: number,
    send: (around: Around) => Promise<Output>,
  ): Promise<Output> {
    const side = this.#sides[kind];
    const output = await send(async one => {
      await this.#turn(side, expected);
      try {
        return await one();
      } catch (error) {
        this.#failed(side, expected, error);
        throw error;
      }
    });
    const units = unitsOf(output);
    const now = this.#ports.now();
    side.count(now, units);
    side.pace.exceeded(now, units - expected);
    return output;
  }

  /** The table has thrown nothing, but taken nothing either. */
  throttled(kind: Kind): void {
    const side = this.#sides[kind];
    const now = this.#ports.now();
    side.pace.throttled(now, side.recent.perSecond(now));
  }

  takeConsumed(): Partial<Record<Kind, Consumed>> {
    const { read, write } = this.#sides;
    const taken = {
      ...(read.consumed !== undefined && { read: read.consumed }),
      ...(write.consumed !== undefined && { write: write.consumed }),
    };
    read.consumed = write.consumed = undefined;
    return taken;
  }

  /** Gives up what waits for its turn: Lambda freezes it with the process, and it would be sent in another invocation. */
  close(): void {
    this.#open = false;
  }

  /**
   * A request for which the invocation has no time left is not sent: the next invocation goes on. But the first read and the first
   * write are, whenever their turn comes, so that every invocation makes progress.
   */
  async #turn(side: Side, units: number): Promise<void> {
    const { pace } = side;
    const { now, deadline } = this.#ports;
    const turn = pace.turn(now(), units);
    const wait = turn.at - now();
    if (wait > 0 && side.begun && deadline !== undefined && wait > deadline.remaining() - RESERVE_MS)
      throw new ServiceUnavailable(
        'store.busy',
        `the limits of this job leave ${pace.rateAt(now()).toFixed(1)} units a second of the table to this worker, so that a request of ${units} waits for ${Math.ceil(wait / 1000)} s, longer than this invocation lasts; the next one goes on`,
      );
    side.begun = true;
    pace.take(turn);
    if (wait > 0) await this.#ports.sleep(wait);
    if (!this.#open) throw new Error('the invocation that made this request to DynamoDB is over');
  }

  /**
   * A write whose condition fails takes what it would have taken (Developer Guide, "Working with items"). A transaction writes each
   * item twice, to prepare and to commit it; of a canceled one AWS does not say it, and it is counted as prepared.
   */
  #failed(side: Side, expected: number, error: unknown): void {
    const now = this.#ports.now();
    if (nameOf(error) === 'ConditionalCheckFailedException') side.count(now, expected);
    const reasons = reasonsOf(error);
    if (reasons.includes('ConditionalCheckFailed')) side.count(now, expected / 2);
    if (busyOf(error) === 'throttled' || reasons.some(reason => THROTTLED.includes(reason)))
      side.pace.throttled(now, side.recent.perSecond(now));
  }
}

/** Why a transaction was canceled (API Reference, TransactionCanceledException). */
function reasonsOf(error: unknown): readonly (string | undefined)[] {
  if (nameOf(error) !== 'TransactionCanceledException') return [];
  const { CancellationReasons: reasons = [] } = error as {
    readonly CancellationReasons?: readonly { readonly Code?: string }[];
  };
  return reasons.map(({ Code }) => Code);
}

const THROTTLED: readonly (string | undefined)[] = ['ProvisionedThroughputExceeded', 'ThrottlingError'];

/** A page of a bounded table is as large as what two seconds have: five of them in the time within which the bound holds. */
const READ_SECONDS = 2;

function unitsOf(output: Metered | undefined): number {
  const all = output?.ConsumedCapacity ?? [];
  const list = Array.isArray(all) ? (all as readonly ConsumedCapacity[]) : [all as ConsumedCapacity];
  return list.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
