import type { Injection } from '../../../emulator/faults.ts';
import { STREAM, type JobFollows } from '../job-of.ts';
import type { Follower } from '../follower.ts';
import type { Random } from '../random.ts';
import { BUCKET, PREFIX, TABLE } from '../records.ts';
import { isStoreWrite, type Weather } from '../weather.ts';
import { locatorsOf, took } from '../watch.ts';
import type { Call, Departure, Hooks } from '../wire.ts';
import { Queue } from './queue.ts';
import { FOLLOWER, Sandbox } from './sandbox.ts';
import type { BesideSchedule } from './schedule.ts';
import { Stream } from './stream.ts';

export const FOLLOWS: JobFollows = { streams: [STREAM], buckets: [BUCKET] };

/** As lib/follow has it, for queues. */
const AT_ONCE = 4;

export function isFollower({ party }: Pick<Departure, 'party'>): boolean {
  return party.name.startsWith(FOLLOWER);
}

/** The name of a record as its writes are counted, by its name in a snapshot. */
export function nameOf(snapshotName: string): string {
  const [place = '', ...rest] = snapshotName.split(' ');
  const name = rest.join(' ');
  return place === 'table' ? `table ${JSON.stringify({ id: { S: name } })}` : snapshotName;
}

/** The followers of a scene, and what tells them of each write, whoever has made it. */
export class Followers {
  readonly stream: Stream;
  readonly queue: Queue;
  /** How often each record was written. */
  readonly writes = new Map<string, number>();

  constructor(follower: Follower, schedule: BesideSchedule, random: Random) {
    let invocations = 0;
    const number = (): number => ++invocations;
    const ofTable = (): Sandbox =>
      new Sandbox((event, invoked) => follower.hearStream(event, invoked), 'FollowTable', number);
    const ofBucket = (): Sandbox =>
      new Sandbox((event, invoked) => follower.hearQueue(event, invoked), 'FollowBucket', number);
    this.stream = new Stream(Array.from({ length: schedule.shards }, ofTable), random.fork());
    this.queue = new Queue(Array.from({ length: AT_ONCE }, ofBucket), schedule.queue, random.fork());
  }

  /** Until nobody has anything left to tell. What followers write is told, too. */
  async idle(): Promise<void> {
    for (let before = -1; before !== this.#all();) {
      before = this.#all();
      await this.stream.idle();
      await this.queue.idle();
    }
  }

  hear(call: Call): void {
    if (!took(call) || !isStoreWrite(call)) return;
    const ofTable = call.target === TABLE;
    for (const locator of locatorsOf(call)) {
      if (!ofTable && !locator.startsWith(PREFIX)) continue;
      const name = `${ofTable ? 'table' : 'bucket'} ${locator}`;
      this.writes.set(name, (this.writes.get(name) ?? 0) + 1);
      if (ofTable) this.stream.wrote(locator, call.operation === 'DeleteItem' ? 'REMOVE' : 'MODIFY');
      else if (WRITES_OF_OBJECTS.includes(call.operation)) this.queue.wrote(locator);
    }
  }

  #all(): number {
    return [...this.writes.values()].reduce((sum, one) => sum + one, 0);
  }
}

/** What S3 tells as `Object Created`. */
const WRITES_OF_OBJECTS = ['PutObject', 'CopyObject', 'CompleteMultipartUpload'];

/** Kills followers at the calls that a schedule names, in the weather that all have. */
export class FollowerKills implements Hooks {
  readonly #weather: Weather;
  readonly #kills: BesideSchedule['followerKills'];
  #leaving = 0;
  #handled = 0;
  #rough = false;

  constructor(weather: Weather, { followerKills }: BesideSchedule) {
    this.#weather = weather;
    this.#kills = followerKills;
  }

  turn(rough: boolean): void {
    this.#rough = rough;
  }

  leaving(departure: Departure): number {
    if (this.#rough && isFollower(departure)) this.#kill(departure, 'leaving', ++this.#leaving);
    return this.#weather.leaving(departure);
  }

  inject(departure: Departure): Injection | undefined {
    return this.#weather.inject(departure);
  }

  handled(call: Call): void {
    this.#weather.handled(call);
    if (this.#rough && isFollower(call)) this.#kill(call, 'handled', ++this.#handled);
  }

  #kill({ party }: Departure, when: 'leaving' | 'handled', call: number): void {
    if (!this.#kills.some(kill => kill.when === when && kill.call === call) || !party.alive) return;
    party.kill();
    this.#weather.count(
      `follower killed ${when === 'leaving' ? 'before a call has its effect' : 'after a call has had its effect'}`,
    );
  }
}
