import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { createHash, randomUUID } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { sealObject } from '../../core/evidence/seal-object.ts';
import type { IntentEntry, OutcomeEntry } from '../../core/journal/entries.ts';
import { isKnownSchema, JOURNAL_SCHEMA, unknownSchemaWords } from '../../core/model/journal-schema.ts';
import type { Unit } from '../../core/model/run.ts';
import type { JournalKind, Sealed } from '../../core/model/seal.ts';
import { nameOf } from '../aws/errors.ts';
import { despiteConflicts } from '../aws/patience.ts';
import { readJournalObject, type Damaged } from './read-object.ts';
import { attemptName, journalNames, pageName, pageOf } from './names.ts';
import type { Journal, JournalledOutcome, JournalPage, OutcomeArchive } from '../../core/journal/ports.ts';

/**
 * The journal in its bucket: gzip JSON Lines, one object of intents and one of outcomes for each page. If a page is
 * repeated after a crash, it gets new objects: nothing in the journal is ever overwritten. The objects of one attempt
 * share an id, so that the names show which attempt did not finish. Each object follows the one of its kind before it in the
 * chain of the unit, from what the checkpoint says is sealed: an attempt that did not finish is a branch that leads nowhere.
 */
export class S3Journal implements Journal {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #job: string;
  #attempt: Attempt = { at: '', id: '', names: new Set(), sealed: undefined };
  /** Objects are written one after the other, because each holds the end of the one before it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: S3Client, { bucket, job }: { readonly bucket: string; readonly job: string }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#job = job;
  }

  async writeIntents(page: JournalPage, intents: readonly IntentEntry[]): Promise<void> {
    await this.#write('intents', page, intents);
  }

  async writeOutcomes(page: JournalPage, outcomes: readonly OutcomeEntry[]): Promise<Sealed | undefined> {
    return this.#write('outcomes', page, outcomes);
  }

  /** A list to read, which is not sealed: what is not proven, nobody has to prove. */
  async writeUnproven(page: JournalPage, unproven: readonly OutcomeEntry[]): Promise<void> {
    if (unproven.length === 0) return;
    const name = this.#newName('unproven', page, this.#attemptAt(page));
    await this.#putLines(name, unproven.map(entry => `${JSON.stringify(entry)}\n`).join(''));
  }

  /** The name is new each time. If the object exists, we wrote it and the answer got lost. */
  async #put(command: PutObjectCommand): Promise<void> {
    try {
      await despiteConflicts(() => this.#client.send(command));
    } catch (error) {
      if (nameOf(error) !== 'PreconditionFailed') throw error;
    }
  }

  #attemptAt({ unit, page, sealed }: JournalPage): Attempt {
    const at = `${unit.runId} ${unit.unitId} ${page}`;
    if (this.#attempt.at !== at) this.#attempt = { at, id: randomUUID(), names: new Set(), sealed };
    return this.#attempt;
  }

  #newName(kind: JournalFolder, { unit, page }: JournalPage, { id, names }: Attempt): string {
    const prefix = unitPrefix(kind, this.#job, unit);
    for (let number = 1; ; number++) {
      const name = `${prefix}${attemptName(page, id, number)}.jsonl.gz`;
      if (names.has(name)) continue;
      names.add(name);
      return name;
    }
  }

  #write(kind: JournalKind, page: JournalPage, entries: Entries): Promise<Sealed | undefined> {
    const attempt = this.#attemptAt(page);
    const written = this.#last
      .catch(() => undefined)
      .then(() => this.#seal(kind, page, { entries, attempt }));
    this.#last = written;
    return written;
  }

  async #seal(
    kind: JournalKind,
    page: JournalPage,
    { entries, attempt }: { readonly entries: Entries; readonly attempt: Attempt },
  ): Promise<Sealed | undefined> {
    if (entries.length === 0) return attempt.sealed;
    const name = this.#newName(kind, page, attempt);
    const { runId, unitId } = page.unit;
    const unit = { kind, job: this.#job, runId, unitId };
    const { text, seal } = sealObject(entries, { name, unit, after: attempt.sealed?.[kind] });
    await this.#putLines(name, text);
    attempt.sealed = { ...attempt.sealed, [kind]: seal };
    return attempt.sealed;
  }

  async #putLines(name: string, text: string): Promise<void> {
    const body = gzipSync(Buffer.from(text));
    await this.#put(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: name,
        Body: body,
        // S3 refuses bytes that have changed on the way, and whoever reads them compares them again.
        ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
        ContentType: 'application/gzip',
        IfNoneMatch: '*',
      }),
    );
  }
}

type Entries = readonly (IntentEntry | OutcomeEntry)[];

/** One attempt at a page. */
interface Attempt {
  readonly at: string;
  readonly id: string;
  readonly names: Set<string>;
  /** The ends of the chains of the unit's journal. */
  sealed: Sealed | undefined;
}

/** What is written for every page is sealed; a list of what is not proven is not. */
type JournalFolder = JournalKind | 'unproven';

type UnitName = Pick<Unit, 'runId' | 'unitId'>;

/** Hive-style partitions let Athena find a run without reading the others. */
export function unitPrefix(kind: JournalFolder, job: string, { runId, unitId }: UnitName): string {
  return `${kind}/job=${job}/run=${runId}/unit=${unitId}/`;
}

/** Where users find the outcomes of a run; its intents lie beside them. */
export function journalLocation(
  bucket: string,
  { job, runId }: { readonly job: string; readonly runId: string },
): string {
  return `s3://${bucket}/outcomes/job=${job}/run=${runId}/`;
}

interface OutcomesPlace {
  readonly bucket: string;
  readonly job: string;
  /** Called for an object that is not as it was written. What it said is not known, so KMS is asked. */
  readonly damaged?: (name: string, reason: string) => void;
  /**
   * Called for the first object that a later version has written, as after a downgrade. What it says is not known either. @default
   * damaged
   */
  readonly unknownSchema?: (name: string, schema: number) => void;
}

/** The outcomes of a unit, page by page. */
export class S3OutcomeArchive implements OutcomeArchive {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #job: string;
  readonly #damaged: NonNullable<OutcomesPlace['damaged']>;
  readonly #unknownSchema: OutcomesPlace['unknownSchema'];
  #hasTold = false;

  constructor(client: S3Client, { bucket, job, damaged = () => undefined, unknownSchema }: OutcomesPlace) {
    this.#client = client;
    this.#bucket = bucket;
    this.#job = job;
    this.#damaged = damaged;
    this.#unknownSchema = unknownSchema;
  }

  outcomesOf(unit: UnitName, fromPage = 0): AsyncGenerator<JournalledOutcome> {
    return this.#lines(unitPrefix('outcomes', this.#job, unit), fromPage);
  }

  /** What a census, or a pass that verifies, has left in a unit. */
  unprovenOf(unit: UnitName): AsyncGenerator<JournalledOutcome> {
    return this.#lines(unitPrefix('unproven', this.#job, unit), 0);
  }

  async *#lines(prefix: string, fromPage: number): AsyncGenerator<JournalledOutcome> {
    const from = fromPage === 0 ? { prefix } : { prefix, startAfter: `${prefix}${pageName(fromPage)}` };
    for await (const name of journalNames(this.#client, this.#bucket, from))
      if (pageOf(name) >= fromPage)
        for (const entry of await this.#page(name)) yield { ...entry, page: pageOf(name) };
  }

  async #page(key: string): Promise<readonly OutcomeEntry[]> {
    const text = await readJournalObject(this.#client, { Bucket: this.#bucket, Key: key });
    const entries = typeof text === 'string' ? entriesOf(text) : text;
    if (!('kind' in entries)) return entries;
    if (entries.kind === 'damaged') this.#damaged(key, entries.reason);
    else this.#tell(key, entries.schema);
    return [];
  }

  /** The objects that follow are most likely of the same version. */
  #tell(key: string, schema: number): void {
    if (this.#unknownSchema === undefined) return this.#damaged(key, unknownSchemaWords(schema));
    if (!this.#hasTold) this.#unknownSchema(key, schema);
    this.#hasTold = true;
  }
}

interface UnknownSchema {
  readonly kind: 'unknown-schema';
  readonly schema: number;
}

/** If a single line is no outcome, or of a schema that is not known, nothing in the object is trusted. */
function entriesOf(text: string): readonly OutcomeEntry[] | Damaged | UnknownSchema {
  const lines = linesOf(text);
  const later = lines?.find(line => typeof line?.schema === 'number' && !isKnownSchema(line.schema));
  if (later?.schema !== undefined) return { kind: 'unknown-schema', schema: later.schema };
  const isEntry = (one: Line | null): one is OutcomeEntry =>
    typeof one?.schema === 'number' && typeof one.locator === 'string';
  if (lines?.every(isEntry) !== true)
    return { kind: 'damaged', reason: 'is altered: a line of it is no outcome' };
  return lines.map(entry => ({ ...entry, schema: JOURNAL_SCHEMA }));
}

type Line = Omit<Partial<OutcomeEntry>, 'schema'> & { readonly schema?: number };

/** `undefined` if one of them is no JSON. */
function linesOf(text: string): readonly (Line | null)[] | undefined {
  try {
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Line | null);
  } catch {
    return undefined;
  }
}
