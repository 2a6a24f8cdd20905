import { decrypt, forgetOpened, listKeys, readItems, readObject, type Clients } from './aws.ts';
import { readStored, type Application, type ApplicationKeys, type Truth } from './application.ts';
import { sha256 } from './envelope.ts';
import { BUCKET, PREFIX, storedItem, storedObject, TABLE, type Layout, type Stored } from './records.ts';
import type { Findings } from './violations.ts';
import type { JournalledIntent, Watch } from './watch.ts';

/** The accounts in a report: what any reader of report.json can see. */
export interface ReadReport {
  readonly state: string;
  readonly remaining: number | null;
  readonly fingerprints?: {
    readonly compared: number;
    readonly changed: number;
    readonly first: readonly { readonly locator: string }[];
  };
  readonly verdict: string;
  readonly stores: readonly {
    readonly store: string;
    readonly verdict: { readonly kind: string };
    readonly complete: boolean;
    readonly records: number;
    readonly dataKeys: number;
    readonly outcomes: Readonly<Record<string, number | undefined>>;
  }[];
}

interface CheckerOptions {
  readonly layout: Layout;
  readonly keys: ApplicationKeys;
  readonly findings: Findings;
  readonly watch: Watch;
}

/**
 * Reads stores, journal and reports itself and says what is wrong with them. It shares no code with the product. It knows
 * only from the documentation what a record, an intent and a report look like.
 */
export class Checker {
  readonly #clients: Clients;
  readonly #application: Application;
  readonly #options: CheckerOptions;

  constructor(clients: Clients, application: Application, options: CheckerOptions) {
    this.#clients = clients;
    this.#application = application;
    this.#options = options;
  }

  /** Every record with its bytes, by place and name. */
  async snapshot(): Promise<ReadonlyMap<string, Stored>> {
    const { layout } = this.#options;
    const stored = new Map<string, Stored>();
    for (const item of await readItems(this.#clients, TABLE))
      stored.set(`table ${item['id']?.S ?? ''}`, storedItem(item, layout));
    for (const key of await listKeys(this.#clients, BUCKET, PREFIX)) {
      const object = await readObject(this.#clients, BUCKET, key);
      if (object !== undefined) stored.set(`bucket ${key}`, storedObject(object, layout));
    }
    return stored;
  }

  /** Checks one record while everything else continues: a reader that may use both keys can read it. */
  async sample(truth: Truth): Promise<void> {
    this.#options.findings.count('records sampled');
    await this.#checkReadable(truth);
  }

  /** Every record is readable and holds what its application wrote last; no deleted record has come back. */
  async checkRecords(): Promise<void> {
    const { findings } = this.#options;
    const stored = await this.snapshot();
    for (const truth of this.#application.truths) {
      findings.count('records checked');
      const now = stored.get(nameOf(truth));
      if (!truth.exists) {
        findings.expect(now === undefined, 2, `${nameOf(truth)} was deleted, and is there again`);
        continue;
      }
      if (truth.flaw === undefined) await this.#checkReadable(truth, now);
      this.#checkJournalled(truth, now);
    }
    findings.expect(
      stored.size === this.#application.truths.filter(({ exists }) => exists).length,
      8,
      `${stored.size} records are there`,
    );
  }

  async #checkReadable(truth: Truth, stored?: Stored): Promise<void> {
    const complaint = await this.#application.complaintAbout(truth, stored);
    if (complaint === undefined) return;
    // A record that nobody can read any more is worse than a record that has changed beside its data key.
    const lost = !/changed beside|and says|holds another text|is not there/.test(complaint);
    this.#options.findings.violate(lost ? 4 : 2, `${nameOf(truth)} ${complaint}`);
  }

  /**
   * If the application did not write a data key, the product did, and an unbroken chain of intents leads back from it to one
   * that the application wrote.
   */
  #checkJournalled(truth: Truth, stored: Stored | undefined): void {
    const { findings, watch } = this.#options;
    const locator = truth.place === 'table' ? JSON.stringify({ id: { S: truth.name } }) : truth.name;
    const intents = watch.intents.get(locator) ?? [];
    const digest = sha256(stored?.dataKey ?? Buffer.alloc(0));
    findings.expect(
      leadsBack(digest, truth.ownDigests, intents),
      3,
      `${nameOf(truth)} holds a data key that no intent tells of`,
    );
  }

  /** Flawed records, and any others that `which` selects, are byte for byte what they were. */
  checkUnchanged(
    before: ReadonlyMap<string, Stored>,
    after: ReadonlyMap<string, Stored>,
    {
      which,
      invariant,
    }: { readonly which: (truth: Truth) => boolean; readonly invariant: 4 | 6 | 'rollback' },
  ): void {
    const { findings } = this.#options;
    for (const truth of this.#application.truths.filter(which)) {
      const name = nameOf(truth);
      const same = before.get(name)?.whole === after.get(name)?.whole;
      findings.count(`records compared byte for byte`);
      findings.expect(same, invariant, `${name} is not, byte for byte, what it was`);
    }
  }

  /** The number of data keys seen is the sum of their outcomes. A run that did not finish does not say what is left. */
  checkBooks(report: ReadReport): void {
    const { findings } = this.#options;
    findings.count('reports checked');
    for (const { store, dataKeys, outcomes } of report.stores) {
      const sum = Object.values(outcomes).reduce<number>((total, count) => total + (count ?? 0), 0);
      findings.expect(sum === dataKeys, 5, `${store}: ${dataKeys} data keys, ${sum} outcomes`);
    }
    if (report.state !== 'succeeded')
      findings.expect(report.remaining === null, 5, `a run that failed says that ${report.remaining} remain`);
  }

  /** If nobody else writes, no record has changed except in its data key. */
  checkFingerprints({ fingerprints, stores }: ReadReport, asked: boolean): void {
    const { findings } = this.#options;
    const dataKeys = stores.reduce((sum, store) => sum + store.dataKeys, 0);
    findings.expect(
      (fingerprints?.compared ?? 0) === (asked ? dataKeys : 0),
      5,
      `${fingerprints?.compared} fingerprints of ${dataKeys} records were compared`,
    );
    findings.count('fingerprints compared', fingerprints?.compared ?? 0);
    const changed = fingerprints?.first.map(({ locator }) => locator).join(', ') ?? '';
    findings.expect(changed === '', 2, `the run itself says that it has changed ${changed}`);
  }

  /**
   * If a report calls a store proven, everything that its application could read before opens without the old key, which is
   * disabled during this check. A store with flawed records is never proven. A run is proven only if each of its stores is.
   */
  async checkSound({ verdict, stores }: ReadReport): Promise<void> {
    const { findings } = this.#options;
    forgetOpened(this.#clients);
    for (const [store, place] of [
      [`dynamodb:${TABLE}`, 'table'],
      [`s3:${BUCKET}/${PREFIX}`, 'bucket'],
    ] as const) {
      const kind = stores.find(one => one.store === store)?.verdict.kind;
      const proven = kind === 'proven';
      const here = this.#application.truths.filter(truth => truth.exists && truth.place === place);
      findings.count(proven ? 'stores proven' : 'stores not proven');
      const doubtful = here.some(({ flaw }) => flaw !== undefined && flaw !== 'foreign');
      findings.expect(!(proven && doubtful), 10, `${store} is proven, and holds flawed records`);
      // An empty store is enough for a run (docs/proof.md), if it is empty.
      const good = proven || (kind === 'empty' && here.length === 0);
      findings.expect(good || verdict !== 'proven', 10, `the run is proven, and ${store} is not`);
      for (const truth of proven ? here.filter(({ flaw }) => flaw === undefined) : []) {
        const stored = await readStored(this.#clients, truth, this.#options.layout);
        const opened = stored && (await decrypt(this.#clients, stored.dataKey, { tenant: truth.tenant }));
        const lost = opened === undefined || 'error' in opened;
        findings.expect(!lost, 10, `${nameOf(truth)} is proven, and does not open without the old key`);
      }
    }
  }

  /** A run without faults and writers counts correctly what is there and what is left. */
  async checkCounts(report: ReadReport): Promise<void> {
    const { findings, keys } = this.#options;
    const snapshot = await this.snapshot();
    const stored = [...snapshot];
    for (const [store, place] of [
      [`dynamodb:${TABLE}`, 'table '],
      [`s3:${BUCKET}/${PREFIX}`, 'bucket '],
    ] as const) {
      const there = stored.filter(([name]) => name.startsWith(place)).length;
      const books = report.stores.find(one => one.store === store);
      findings.expect(
        books?.records === there,
        5,
        `${store}: ${there} records, ${books?.records} in the books`,
      );
      findings.expect(books?.complete === true, 5, `${store} is not complete`);
    }
    let under = 0;
    for (const truth of this.#application.truths.filter(({ exists, flaw }) => exists && flaw === undefined)) {
      const now = snapshot.get(nameOf(truth));
      const opened = now && (await decrypt(this.#clients, now.dataKey, { tenant: truth.tenant }));
      if (opened === undefined || 'error' in opened || opened.keyArn !== keys.new) under++;
    }
    findings.expect(
      under === 0,
      4,
      `${under} sound data keys are not under the new key after a run in still water`,
    );
    const most = this.#application.truths.filter(({ flaw }) => flaw !== undefined).length;
    findings.expect(
      report.remaining !== null && report.remaining >= under && report.remaining <= under + most,
      5,
      `the report says that ${report.remaining} remain, ${under} do, and ${most} are flawed`,
    );
  }
}

/** Whether a chain of intents (possibly none) leads from this digest back to something that the application wrote. */
function leadsBack(digest: string, own: ReadonlySet<string>, intents: readonly JournalledIntent[]): boolean {
  const seen = new Set<string>();
  let open = [digest];
  while (open.length > 0) {
    if (open.some(one => own.has(one))) return true;
    for (const one of open) seen.add(one);
    open = intents
      .flatMap(({ dataKeys }) => dataKeys)
      .filter(
        ({ newDigest, oldDigest }) => open.includes(newDigest) && oldDigest !== null && !seen.has(oldDigest),
      )
      .map(({ oldDigest }) => oldDigest ?? '');
  }
  return false;
}

function nameOf({ place, name }: Pick<Truth, 'place' | 'name'>): string {
  return `${place} ${name}`;
}
