import { createHash } from 'node:crypto';
import { STREAM } from '../job-of.ts';
import type { Random } from '../random.ts';
import type { Sandbox } from './sandbox.ts';

/** As lib/follow has them. */
const MOST_RETRIES = 20;
const BATCH = 100;
const WINDOW_MS = 1_000;

interface StreamRecord {
  readonly eventName: 'MODIFY' | 'REMOVE';
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: object };
}

interface Shard {
  readonly sandbox: Sandbox;
  waiting: StreamRecord[];
  pumping: Promise<void> | undefined;
}

/** What Lambda does with a stream: of each shard one batch at a time, in order, again from the first record that failed, in halves. */
export class Stream {
  /** Records that were given up. */
  givenUp = 0;
  /** Items of which the last to be told had nothing to do, or could not do it: a run has to find them. */
  readonly rested = new Set<string>();
  readonly #shards: readonly Shard[];
  readonly #random: Random;
  #told = 0;

  constructor(sandboxes: readonly Sandbox[], random: Random) {
    this.#shards = sandboxes.map(sandbox => ({ sandbox, waiting: [], pumping: undefined }));
    this.#random = random;
  }

  /** All that is written to one item comes by one shard. */
  wrote(locator: string, eventName: StreamRecord['eventName']): void {
    const digest = createHash('sha256').update(locator).digest();
    const shard = this.#shards[(digest[0] ?? 0) % this.#shards.length];
    if (shard === undefined) return;
    const dynamodb = { SequenceNumber: String(++this.#told), Keys: JSON.parse(locator) as object };
    this.rested.delete(locator);
    shard.waiting.push({ eventName, eventSourceARN: STREAM, dynamodb });
    shard.pumping ??= this.#pump(shard).finally(() => (shard.pumping = undefined));
  }

  async idle(): Promise<void> {
    for (;;) {
      const pumping = this.#shards.flatMap(shard => shard.pumping ?? []);
      if (pumping.length === 0) return;
      await Promise.all(pumping);
    }
  }

  async #pump(shard: Shard): Promise<void> {
    while (shard.waiting.length > 0) {
      await wait(this.#random.between(1, WINDOW_MS));
      const batch = shard.waiting.slice(0, BATCH);
      shard.waiting = shard.waiting.slice(BATCH);
      await this.#tell(shard, batch);
    }
  }

  async #tell({ sandbox }: Shard, batch: readonly StreamRecord[]): Promise<void> {
    let left = batch;
    let part = batch;
    for (let tries = 0; left.length > 0; tries++) {
      if (tries > MOST_RETRIES) {
        this.givenUp += left.length;
        this.#rest(left);
        return;
      }
      const told = await sandbox.invoke({ Records: part });
      const failed = told === undefined ? part : partFrom(part, told.again);
      if (told?.idle === true) this.#rest(part);
      else if (told !== undefined)
        for (const { dynamodb } of part) this.rested.delete(JSON.stringify(dynamodb.Keys));
      left = left.slice(part.length - failed.length);
      part = failed.length === 0 ? left : failed.slice(0, Math.ceil(failed.length / 2));
      if (failed.length > 0) await wait(this.#random.between(100, 5_000));
    }
  }

  #rest(records: readonly StreamRecord[]): void {
    for (const { dynamodb } of records) this.rested.add(JSON.stringify(dynamodb.Keys));
  }
}

/** All from the first record on that is to be handed over again. */
function partFrom(part: readonly StreamRecord[], again: readonly string[]): readonly StreamRecord[] {
  const first = part.findIndex(({ dynamodb }) => again.includes(dynamodb.SequenceNumber));
  return first < 0 ? [] : part.slice(first);
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
