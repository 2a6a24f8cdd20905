import type { Random } from '../random.ts';
import { BUCKET } from '../records.ts';
import type { Sandbox } from './sandbox.ts';
import type { BesideSchedule } from './schedule.ts';

/** As lib/follow has it. */
const MOST_RECEIVES = 20;
/** Few, so that there are several invocations of few messages. */
const BATCH = 10;
const WINDOW_MS = 1_000;
/** How often somebody looks whether a queue is empty. */
const LOOK_MS = 20_000;

interface Message {
  readonly messageId: string;
  readonly key: string;
  readonly body: string;
  receives: number;
  visible: boolean;
  deleted: boolean;
}

/**
 * What S3, EventBridge, a queue and Lambda do with new objects: at least once, late, in any order. A message that is not deleted is seen
 * again after a while, whether or not anybody is still at it.
 */
export class Queue {
  /** Messages that were given up. */
  givenUp = 0;
  /** Objects of which the last to be told had nothing to do, or could not do it: a run has to find them. */
  readonly rested = new Set<string>();
  readonly #free: Sandbox[];
  readonly #schedule: BesideSchedule['queue'];
  readonly #random: Random;
  readonly #messages = new Set<Message>();
  #sent = 0;
  #looking = false;

  constructor(sandboxes: readonly Sandbox[], schedule: BesideSchedule['queue'], random: Random) {
    this.#free = [...sandboxes];
    this.#schedule = schedule;
    this.#random = random;
  }

  wrote(key: string): void {
    const { duplicates, delayMs } = this.#schedule;
    this.rested.delete(key);
    this.#send(key, this.#random.between(1, delayMs));
    if (this.#random.chance(duplicates)) this.#send(key, this.#random.between(1, 3 * delayMs));
  }

  async idle(): Promise<void> {
    while (this.#messages.size > 0) await wait(LOOK_MS);
  }

  #send(key: string, delayMs: number): void {
    const body = JSON.stringify(created(this.#schedule.encodesKeys ? encoded(key) : key));
    const message: Message = {
      ...{ messageId: `m-${++this.#sent}`, key, body },
      ...{ receives: 0, visible: false, deleted: false },
    };
    this.#messages.add(message);
    setTimeout(() => this.#appear(message), delayMs);
  }

  #appear(message: Message): void {
    if (message.deleted) return;
    if (message.receives >= MOST_RECEIVES) {
      this.givenUp++;
      this.rested.add(message.key);
      this.#delete(message);
      return;
    }
    message.visible = true;
    if (this.#looking) return;
    this.#looking = true;
    setTimeout(() => this.#look(), this.#random.between(1, WINDOW_MS));
  }

  /** As many invocations as there are sandboxes. */
  #look(): void {
    this.#looking = false;
    for (;;) {
      const batch = [...this.#messages].filter(({ visible }) => visible).slice(0, BATCH);
      const sandbox = batch.length === 0 ? undefined : this.#free.shift();
      if (sandbox === undefined) return;
      void this.#tell(sandbox, batch).finally(() => {
        this.#free.push(sandbox);
        this.#look();
      });
    }
  }

  async #tell(sandbox: Sandbox, batch: readonly Message[]): Promise<void> {
    for (const message of batch) {
      message.receives++;
      message.visible = false;
      setTimeout(() => this.#appear(message), this.#schedule.visibilityMs);
    }
    const Records = batch.map(({ messageId, body }) => ({ messageId, body }));
    const told = await sandbox.invoke({ Records });
    if (told === undefined) return;
    for (const { key } of batch)
      if (told.idle) this.rested.add(key);
      else this.rested.delete(key);
    for (const message of batch) if (!told.again.includes(message.messageId)) this.#delete(message);
  }

  #delete(message: Message): void {
    message.deleted = true;
    this.#messages.delete(message);
  }
}

/** As EventBridge hands it to a queue. */
function created(key: string): object {
  return {
    ...{ version: '0', source: 'aws.s3', 'detail-type': 'Object Created', account: '111122223333' },
    detail: { version: '0', bucket: { name: BUCKET }, object: { key }, reason: 'PutObject' },
  };
}

/** As S3 encodes keys in what it tells queues. */
function encoded(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
