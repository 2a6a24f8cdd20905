import type { S3Client } from '@aws-sdk/client-s3';
import { readIntents } from '../../core/journal/read-intents.ts';
import type { Unit } from '../../core/model/run.ts';
import type { IntentArchive, JournalledPage, ReadIntents } from '../../core/journal/ports.ts';
import { compareUtf8 } from '../../core/model/utf8-order.ts';
import { attemptOf, journalNames, pageNameOf } from './names.ts';
import { unitPrefix } from './journal.ts';
import type { JournalKind } from '../../core/model/seal.ts';
import { readJournalObject, type Damaged } from './read-object.ts';

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

  /** Intents and outcomes are listed in parallel, so that only the next page of each is in memory. */
  async *pagesOf(unit: Unit, after?: string): AsyncGenerator<JournalledPage> {
    const [intents, outcomes] = [this.#pages('intents', unit, after), this.#pages('outcomes', unit, after)];
    let [left, right] = [await next(intents), await next(outcomes)];
    while (left !== undefined || right !== undefined) {
      const order = left === undefined ? 1 : right === undefined ? -1 : compare(left.name, right.name);
      const { name } = (order <= 0 ? left : right) as NamedPage;
      const objects = {
        intents: order <= 0 ? (left?.objects ?? []) : [],
        outcomes: order >= 0 ? (right?.objects ?? []) : [],
      };
      yield { name, ...objects, ...(wasWorkedAgain(objects) && { workedAgain: true as const }) };
      if (order <= 0) left = await next(intents);
      if (order >= 0) right = await next(outcomes);
    }
  }

  /** The objects of one kind, page by page. */
  async *#pages(kind: JournalKind, unit: Unit, after: string | undefined): AsyncGenerator<NamedPage> {
    const prefix = unitPrefix(kind, this.#job, unit);
    // `page-000001-…` is before `page-000001.`, and that before `page-0000010…`.
    const from = after === undefined ? { prefix } : { prefix, startAfter: `${prefix}${after}.` };
    let page: NamedPage | undefined;
    for await (const object of journalNames(this.#client, this.#bucket, from)) {
      const name = pageNameOf(object);
      if (page !== undefined && page.name !== name) yield page;
      page = page?.name === name ? { name, objects: [...page.objects, object] } : { name, objects: [object] };
    }
    if (page !== undefined) yield page;
  }

  async readIntents(name: string): Promise<ReadIntents> {
    const text = await this.#text(name);
    return typeof text === 'string' ? readIntents(text) : text;
  }

  async hasRewrapped(name: string): Promise<boolean> {
    const text = await this.#text(name);
    // An unreadable outcomes object may have held a rewrapped data key. Treat the page as if it did.
    return typeof text !== 'string' || text.includes('"outcome":"rewrapped"');
  }

  #text(name: string): Promise<string | Damaged> {
    return readJournalObject(this.#client, { Bucket: this.#bucket, Key: name });
  }
}

/** In earlier versions attempts had no ids, and all attempts at a page ended at the same record. */
function wasWorkedAgain({ intents, outcomes }: Pick<JournalledPage, 'intents' | 'outcomes'>): boolean {
  const attempts = new Set([...intents, ...outcomes].map(attemptOf));
  const ended = new Set(outcomes.map(attemptOf));
  return [...attempts].some(attempt => attempt !== undefined && (attempts.size > 1 || !ended.has(attempt)));
}

interface NamedPage {
  readonly name: string;
  readonly objects: readonly string[];
}

async function next(pages: AsyncGenerator<NamedPage>): Promise<NamedPage | undefined> {
  const result = await pages.next();
  return result.done === true ? undefined : result.value;
}

/** Orders two pages as S3 lists their objects, whose names continue with a hyphen. */
function compare(a: string, b: string): number {
  return compareUtf8(`${a}-`, `${b}-`);
}
