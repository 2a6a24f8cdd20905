import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  dayFolder,
  isInInterval,
  logFileName,
  organizationIn,
  regionFolder,
  type TrailInterval,
} from '../../core/key-users/log-files.ts';
import type { RecordRead } from '../../core/key-users/kms-event.ts';
import { listObjects, type Listing } from '../s3/list-objects.ts';
import { readLogFile, type LogFileRead } from './read-log-file.ts';
import type { LogFile, TrailListing, TrailSource } from './trail-source.ts';

/** The log files of a trail in its bucket, where CloudTrail has put them. */
export class TrailInBucket implements TrailSource {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  #requests = 0;

  /** @param prefix what is before `AWSLogs/`; whatever is behind that is left out, because it is known */
  constructor(client: S3Client, { bucket, prefix }: { readonly bucket: string; readonly prefix: string }) {
    this.#client = client;
    this.#bucket = bucket;
    const [before = ''] = `/${prefix}`.split('/AWSLogs');
    this.#prefix = before.replace(/^\//, '').replace(/([^/])$/, '$1/');
  }

  async list(interval: TrailInterval): Promise<TrailListing> {
    this.#requests = 0;
    const files: LogFile[] = [];
    for (const folder of await this.#accountFolders(interval.account)) {
      const prefix = regionFolder(folder, interval.region);
      // Keys sort by day, so one listing that begins at the first day has all of them.
      for await (const { objects } of this.#pages({ prefix, startAfter: dayFolder(prefix, interval.from) }))
        for (const { key: path, size } of objects) {
          const name = logFileName(path);
          if (name !== undefined && isInInterval(name, interval)) files.push({ path, size, ...name });
        }
    }
    return { files, requests: this.#requests };
  }

  read({ path: Key }: LogFile, each: (record: RecordRead) => void): Promise<LogFileRead> {
    const open = async (): Promise<AsyncIterable<Uint8Array>> => {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return Body as unknown as AsyncIterable<Uint8Array>;
    };
    return readLogFile(open, Key.endsWith('.gz'), each);
  }

  /** A trail of an organization has a folder of the organization before those of its accounts. */
  async #accountFolders(account: string): Promise<readonly string[]> {
    const root = `${this.#prefix}AWSLogs/`;
    const organizations: string[] = [];
    for await (const { folders } of this.#pages({ prefix: root, delimiter: '/' }))
      organizations.push(...folders.filter(folder => organizationIn(folder) !== undefined));
    return [root, ...organizations].map(folder => `${folder}${account}/`);
  }

  async *#pages(query: {
    readonly prefix: string;
    readonly startAfter?: string;
    readonly delimiter?: string;
  }): AsyncGenerator<Listing> {
    let { startAfter } = query;
    for (;;) {
      this.#requests++;
      const { startAfter: _, ...rest } = query;
      const page = await listObjects(this.#client, {
        ...{ bucket: this.#bucket, ...rest },
        ...(startAfter !== undefined && { startAfter }),
      });
      yield page;
      const last = [page.objects.at(-1)?.key, ...page.folders.slice(-1).map(behindFolder)]
        .filter(one => one !== undefined)
        .sort()
        .at(-1);
      if (!page.truncated || last === undefined) return;
      startAfter = last;
    }
  }
}

/** To go on behind all that is in a folder: `0` comes after `/`. What is in it would show the folder again. */
function behindFolder(folder: string): string {
  return `${folder.slice(0, -1)}0`;
}
