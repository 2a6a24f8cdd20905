import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { JOURNAL_SCHEMA, type IntentEntry, type OutcomeEntry } from '../../core/journal/entries.ts';
import type { Unit } from '../../core/model/run.ts';
import { nameOf } from '../aws/errors.ts';
import { despiteConflicts } from '../aws/patience.ts';
import { attemptName, journalNames, pageName, pageOf } from './names.ts';
import type { Journal, JournalledOutcome, JournalPage, OutcomeArchive } from '../../core/journal/ports.ts';

/**
 * The journal in its bucket: gzip JSON Lines, one object of intents and one of outcomes for each page. If a page is
 * repeated after a crash, it gets new objects: nothing in the journal is ever overwritten. The objects of one attempt
 * share an id, so that the names show which attempt did not finish.
 */
export class S3Journal implements Journal {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #job: string;
  #attempt = { at: '', id: '', names: new Set<string>() };

  constructor(client: S3Client, { bucket, job }: { readonly bucket: string; readonly job: string }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#job = job;
  }

  async writeIntents(page: JournalPage, intents: readonly IntentEntry[]): Promise<void> {
    await this.#write('intents', page, intents);
  }

  async writeOutcomes(page: JournalPage, outcomes: readonly OutcomeEntry[]): Promise<void> {
    await this.#write('outcomes', page, outcomes);
  }

  /** The name is new each time. If the object exists, we wrote it and the answer got lost. */
  async #put(command: PutObjectCommand): Promise<void> {
    try {
      await despiteConflicts(() => this.#client.send(command));
    } catch (error) {
      if (nameOf(error) !== 'PreconditionFailed') throw error;
    }
  }

  #newName(kind: JournalKind, { unit, page }: JournalPage): string {
    const at = `${unit.runId} ${unit.unitId} ${page}`;
    if (this.#attempt.at !== at) this.#attempt = { at, id: randomUUID(), names: new Set() };
    const { id, names } = this.#attempt;
    const prefix = unitPrefix(kind, this.#job, unit);
    for (let number = 1; ; number++) {
      const name = `${prefix}${attemptName(page, id, number)}.jsonl.gz`;
      if (names.has(name)) continue;
      names.add(name);
      return name;
    }
  }

  async #write(
    kind: JournalKind,
    page: JournalPage,
    entries: readonly (IntentEntry | OutcomeEntry)[],
  ): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
    await this.#put(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: this.#newName(kind, page),
        Body: gzipSync(Buffer.from(lines)),
        ContentType: 'application/gzip',
        IfNoneMatch: '*',
      }),
    );
  }
}

/**
 * A page has up to 4,096 data keys, with intents of some 5 MB, or records of some 20 MB whose places an intent holds before
 * the change. More than this is not a page that we wrote, and would not fit into the memory of a worker.
 */
export const MOST_BYTES = 128 * 1024 ** 2;

export type JournalKind = 'intents' | 'outcomes';

/** Hive-style partitions let Athena find a run without reading the others. */
export function unitPrefix(kind: JournalKind, job: string, { runId, unitId }: Unit): string {
  return `${kind}/job=${job}/run=${runId}/unit=${unitId}/`;
}

/** Where users find the outcomes of a run; its intents lie beside them. */
export function journalLocation(
  bucket: string,
  { job, runId }: { readonly job: string; readonly runId: string },
): string {
  return `s3://${bucket}/outcomes/job=${job}/run=${runId}/`;
}

/** The outcomes of a unit, page by page, for the verify pass. */
export class S3OutcomeArchive implements OutcomeArchive {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #job: string;

  constructor(client: S3Client, { bucket, job }: { readonly bucket: string; readonly job: string }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#job = job;
  }

  async *outcomesOf(unit: Unit, fromPage = 0): AsyncGenerator<JournalledOutcome> {
    const prefix = unitPrefix('outcomes', this.#job, unit);
    const from = fromPage === 0 ? { prefix } : { prefix, startAfter: `${prefix}${pageName(fromPage)}` };
    for await (const name of journalNames(this.#client, this.#bucket, from))
      if (pageOf(name) >= fromPage)
        for (const entry of await this.#page(name)) yield { ...entry, page: pageOf(name) };
  }

  async #page(key: string): Promise<readonly OutcomeEntry[]> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const lines = gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
      .toString('utf8')
      .split('\n')
      .filter(Boolean);
    return lines.map(line => {
      const entry = JSON.parse(line) as Omit<OutcomeEntry, 'schema'> & { readonly schema: number };
      if (entry.schema !== JOURNAL_SCHEMA && entry.schema !== 2)
        throw new Error(
          `journal object ${key} has schema ${entry.schema}; this version reads ${JOURNAL_SCHEMA} and 2`,
        );
      return { ...entry, schema: JOURNAL_SCHEMA };
    });
  }
}
