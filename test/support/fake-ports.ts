import type { IntentEntry, OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { UnitConflict } from '../../lambda/core/model/errors.ts';
import type { ItemRecord, StoreRecord } from '../../lambda/core/model/record.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { heldAt } from '../../lambda/core/places/held-at.ts';
import { sameValue } from '../../lambda/core/places/same-value.ts';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { ScanRange, Unit } from '../../lambda/core/model/run.ts';
import type { MigratePorts } from '../../lambda/core/migrate-unit.ts';
import type {
  Deadline,
  Ledger,
  RecordPage,
  RecordStore,
  RunControl,
  WriteResult,
} from '../../lambda/core/ports.ts';
import type {
  Journal,
  JournalledOutcome,
  JournalPage,
  OutcomeArchive,
} from '../../lambda/core/journal/ports.ts';
import { FakeKms } from './fake-kms.ts';
import { ALONE } from './fake-shares.ts';
import { UNHEARD } from './telemetry.ts';

/** A table in memory, in the order of insertion. */
export class FakeTable implements RecordStore {
  readonly items = new Map<string, ItemRecord>();
  readonly writes: (readonly PlaceChange[])[] = [];
  /** Called before each write takes effect. If it returns a result, that result replaces the write. */
  beforeWrite: (record: StoreRecord) => WriteResult | undefined = () => undefined;
  /** Called after a write took effect. The caller sees what it returns. */
  afterWrite: () => WriteResult = () => ({ kind: 'written' });

  put(...items: readonly ItemRecord[]): this {
    for (const item of items) this.items.set(item.locator, item);
    return this;
  }

  readPage(
    _range: ScanRange,
    { cursor, pageSize }: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    const start = Number(cursor ?? 0);
    const records = [...this.items.values()].slice(start, start + pageSize);
    const end = start + records.length;
    return Promise.resolve({ records, ...(end < this.items.size && { cursor: String(end) }) });
  }

  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return Promise.resolve(locators.map(locator => this.items.get(locator)));
  }

  reread({ locator }: StoreRecord): Promise<StoreRecord | undefined> {
    return Promise.resolve(this.items.get(locator));
  }

  takes(): boolean {
    return true;
  }

  write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const intercepted = this.beforeWrite(record);
    if (intercepted !== undefined) return Promise.resolve(intercepted);
    const current = this.items.get(record.locator);
    if (current === undefined) return Promise.resolve({ kind: 'precondition-failed' });
    if (!places.every(({ path, before }) => sameValue(heldAt(current, path), before)))
      return Promise.resolve({ kind: 'precondition-failed' });
    this.writes.push(places);
    this.items.set(record.locator, changed(current, places));
    return Promise.resolve(this.afterWrite());
  }
}

/** The journal and its archive in memory. `log` is the order in which things became durable. */
export class FakeJournal implements Journal, OutcomeArchive {
  readonly intents: IntentEntry[] = [];
  readonly outcomes: OutcomeEntry[] = [];
  /** Each object of intents, with the page that it belongs to. */
  readonly objects: { readonly page: number; readonly intents: readonly IntentEntry[] }[] = [];
  readonly #outcomePages: number[] = [];

  writeIntents({ page }: JournalPage, intents: readonly IntentEntry[]): Promise<void> {
    this.intents.push(...intents);
    // As in the bucket: a page that changes nothing has no object.
    if (intents.length > 0) this.objects.push({ page, intents });
    return Promise.resolve();
  }

  writeOutcomes({ page }: JournalPage, outcomes: readonly OutcomeEntry[]): Promise<undefined> {
    this.outcomes.push(...outcomes);
    this.#outcomePages.push(...outcomes.map(() => page));
    return Promise.resolve(undefined);
  }

  readonly unproven: OutcomeEntry[] = [];

  writeUnproven(_page: JournalPage, unproven: readonly OutcomeEntry[]): Promise<void> {
    this.unproven.push(...unproven);
    return Promise.resolve();
  }

  async *outcomesOf(_unit?: Unit, fromPage = 0): AsyncGenerator<JournalledOutcome> {
    const of = this.outcomes.map((entry, at) => ({ ...entry, page: this.#outcomePages[at] ?? 0 }));
    yield* await Promise.resolve(of.filter(({ page }) => page >= fromPage));
  }
}

export class FakeLedger implements Ledger {
  readonly checkpoints = new Map<string, UnitProgress>();
  control: RunControl = {};

  lastCheckpoint({ phase, unitId }: UnitProgress, runId: string): Promise<UnitProgress | undefined> {
    return Promise.resolve(this.checkpoints.get(`${runId} ${phase} ${unitId}`));
  }

  checkpoint(progress: UnitProgress, previousPages: number): Promise<void> {
    const name = `${progress.runId} ${progress.phase} ${progress.unitId}`;
    if ((this.checkpoints.get(name)?.pages ?? previousPages) !== previousPages)
      return Promise.reject(new UnitConflict('ledger.conflict', name));
    this.checkpoints.set(name, progress);
    return Promise.resolve();
  }

  readControl(): Promise<RunControl> {
    return Promise.resolve(this.control);
  }

  breakPremise(_runId: string, message: string): Promise<void> {
    this.control = { ...this.control, brokenPremise: message };
    return Promise.resolve();
  }

  noteTrouble(_runId: string, trouble: string): Promise<void> {
    this.control = { ...this.control, trouble };
    return Promise.resolve();
  }

  readonly distrusted: string[] = [];

  distrustJournals(job: string): Promise<void> {
    this.distrusted.push(job);
    return Promise.resolve();
  }

  noteVerifying(): Promise<void> {
    this.control = { ...this.control, verifying: true };
    return Promise.resolve();
  }

  renewLease(_runId: string, leaseUntil: number): Promise<void> {
    this.control = { ...this.control, leaseUntil };
    return Promise.resolve();
  }
}

export interface FakePorts extends MigratePorts {
  readonly records: FakeTable;
  readonly keys: FakeKms;
  readonly journal: FakeJournal;
  readonly ledger: FakeLedger;
  readonly wait: (ms: number) => Promise<void>;
}

/** The deadline of an invocation whose time is up after its first checkpoint. */
export function onePage({ ledger }: FakePorts): Deadline {
  const pages = (): number => [...ledger.checkpoints.values()].reduce((sum, { pages: n }) => sum + n, 0);
  const start = pages();
  return { remaining: () => (pages() > start ? 0 : Number.POSITIVE_INFINITY) };
}

/** Ports in memory, with unlimited time. */
export function fakePorts(changes: Partial<MigratePorts> = {}): FakePorts {
  const ports = {
    records: new FakeTable(),
    keys: new FakeKms(),
    journal: new FakeJournal(),
    ledger: new FakeLedger(),
    shares: ALONE,
    telemetry: UNHEARD,
    deadline: { remaining: () => Number.POSITIVE_INFINITY },
    clock: { now: () => 0 },
    // No data key is asked about by chance.
    random: () => 0.5,
    ...changes,
  } as Omit<FakePorts, 'wait'>;
  return { ...ports, wait: () => Promise.resolve() };
}
