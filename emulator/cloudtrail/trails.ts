import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { KmsCall } from '../kms/told-calls.ts';
import { eventsOf, type TrailEvent } from './kms-event.ts';

export interface Trail {
  /** Whose events it delivers: those of all Regions. */
  readonly accountId: string;
  readonly bucket: string;
  /** Without a slash at its end. */
  readonly prefix?: string;
  /** Of an organization trail: its folder. */
  readonly organizationId?: string;
  /** The event selectors leave KMS out, as they may. @default false */
  readonly excludesKms?: boolean;
}

export interface TrailFile {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

interface Waiting {
  readonly trail: Trail;
  events: TrailEvent[];
}

/** CloudTrail on loopback: trails that deliver the calls of KMS. behaviour.md says what it does and does not do. */
export class Trails {
  readonly #put: (file: TrailFile) => Promise<void>;
  readonly #now: () => number;
  readonly #trails: Waiting[] = [];

  constructor(put: (file: TrailFile) => Promise<void>, now: () => number = Date.now) {
    this.#put = put;
    this.#now = now;
  }

  create(trail: Trail): void {
    this.#trails.push({ trail, events: [] });
  }

  /** What no trail is there for is kept nowhere. */
  record(call: KmsCall): void {
    const trails = this.#trails.filter(({ trail }) => trail.excludesKms !== true);
    if (trails.length === 0) return;
    for (const event of eventsOf(call, randomUUID))
      for (const waiting of trails)
        if (waiting.trail.accountId === event.recipientAccountId) waiting.events.push(event);
  }

  /** Delivers what waits for that bucket, or for any: a file for each Region. */
  async deliver(bucket?: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for (const waiting of this.#trails) {
      const { trail, events } = waiting;
      if (events.length === 0 || (bucket !== undefined && bucket !== trail.bucket)) continue;
      waiting.events = [];
      for (const region of new Set(events.map(({ awsRegion }) => awsRegion))) {
        const Records = events.filter(({ awsRegion }) => awsRegion === region);
        const key = this.#keyOf(trail, region);
        keys.push(key);
        await this.#put({ bucket: trail.bucket, key, body: gzipSync(JSON.stringify({ Records })) });
      }
    }
    return keys;
  }

  #keyOf({ accountId, prefix, organizationId }: Trail, region: string): string {
    const time = new Date(this.#now()).toISOString();
    const [year, month, day] = time.slice(0, 10).split('-');
    const folders = [
      ...(prefix === undefined ? [] : [prefix]),
      'AWSLogs',
      ...(organizationId === undefined ? [] : [organizationId]),
      ...[accountId, 'CloudTrail', region, year, month, day],
    ];
    const delivered = `${year}${month}${day}T${time.slice(11, 16).replace(':', '')}Z`;
    const unique = randomBytes(8).toString('hex');
    return `${folders.join('/')}/${accountId}_CloudTrail_${region}_${delivered}_${unique}.json.gz`;
  }
}
