import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { readIntents } from '../core/journal/read-intents.ts';
import type { Unit } from '../core/model/run.ts';
import type { IntentArchive, JournalledPage, ReadIntents } from '../core/ports.ts';
import { nameOf } from './aws-errors.ts';
import { journalNames } from './journal-names.ts';
import { unitPrefix } from './journal.ts';

const PAGE = /\/page-(\d+)-[^/]+$/;

/** The journal of a run, for its rollback. */
export class S3IntentArchive implements IntentArchive {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #job: string;

  constructor(client: S3Client, { bucket, job }: { readonly bucket: string; readonly job: string }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#job = job;
  }

  async pagesOf(unit: Unit): Promise<readonly JournalledPage[]> {
    const pages = new Map<number, { page: number; intents: string[]; outcomes: string[] }>();
    for (const kind of ['intents', 'outcomes'] as const)
      for await (const name of journalNames(this.#client, this.#bucket, unitPrefix(kind, this.#job, unit))) {
        const page = Number(PAGE.exec(name)?.[1] ?? 0);
        const known = pages.get(page) ?? { page, intents: [], outcomes: [] };
        known[kind].push(name);
        pages.set(page, known);
      }
    return [...pages.values()].sort((a, b) => a.page - b.page);
  }

  async readIntents(name: string): Promise<ReadIntents> {
    const text = await this.#text(name);
    return typeof text === 'string' ? readIntents(text) : text;
  }

  async hasRewrapped(name: string): Promise<boolean> {
    const text = await this.#text(name);
    // An outcomes object that cannot be read may tell of anything: the page is looked at as if it did.
    return typeof text !== 'string' || text.includes('"outcome":"rewrapped"');
  }

  async #text(name: string): Promise<string | Extract<ReadIntents, { kind: 'damaged' }>> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: name }));
      return gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString('utf8');
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return { kind: 'damaged', reason: 'is gone' };
      if ((error as { readonly code?: string }).code?.startsWith('Z_') === true)
        return { kind: 'damaged', reason: 'is truncated or altered: it cannot be decompressed' };
      throw error;
    }
  }
}
