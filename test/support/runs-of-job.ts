import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { JournalledOutcome, OutcomeArchive } from '../../lambda/core/journal/ports.ts';
import { migrateUnit, type MigratePorts } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, OLD_KEY, scope, UNIT } from './builders.ts';
import { FakeJournal, fakePorts, type FakePorts } from './fake-ports.ts';

/** What became of the data keys of a unit in one pass. */
export interface Pass {
  readonly progress: UnitProgress;
  readonly requests: number;
}

/** Several runs of a job over one table, each with a journal of its own. */
export class RunsOfJob implements OutcomeArchive {
  readonly world: FakePorts;
  readonly journals = new Map<string, FakeJournal>();

  constructor(dataKeys: number, changes: Partial<MigratePorts> = {}) {
    this.world = fakePorts(changes);
    for (let at = 0; at < dataKeys; at++) this.put(`${at}`, {});
  }

  /** An item of the application, as it was before any run unless a test says otherwise. */
  put(id: string, attributes: ItemRecord['attributes']): void {
    const tenant = { S: 't' };
    const edk = { B: this.world.keys.encrypt(OLD_KEY, id, { tenant: 't' }) };
    this.world.records.put(item(id, { tenant, edk, arn: { S: OLD_KEY }, ...attributes }));
  }

  held(id: string): ItemRecord['attributes'] {
    const found = this.world.records.items.get(item(id, {}).locator);
    if (found === undefined) throw new Error(`there is no item ${id}`);
    return found.attributes;
  }

  journal(runId: string): FakeJournal {
    const journal = this.journals.get(runId) ?? new FakeJournal();
    this.journals.set(runId, journal);
    return journal;
  }

  lines(runId: string): OutcomeEntry[] {
    return this.journal(runId).outcomes;
  }

  async *outcomesOf({ runId }: Unit, fromPage?: number): AsyncGenerator<JournalledOutcome> {
    yield* this.journal(runId).outcomesOf(undefined, fromPage);
  }

  migrate(runId: string, changes: Partial<RunPlan> = {}, ports: Partial<MigratePorts> = {}): Promise<Pass> {
    const journal = this.journal(runId);
    return this.#pass(() =>
      migrateUnit(scopeOf(runId, changes), { ...this.world, journal, outcomes: this, ...ports }),
    );
  }

  verify(runId: string, changes: Partial<RunPlan> = {}, ports: Partial<MigratePorts> = {}): Promise<Pass> {
    return this.#pass(() => verifyUnit(scopeOf(runId, changes), { ...this.world, archive: this, ...ports }));
  }

  async #pass(work: () => Promise<UnitProgress>): Promise<Pass> {
    const before = this.world.keys.calls.length;
    const progress = await work();
    return { progress, requests: this.world.keys.calls.length - before };
  }
}

function scopeOf(runId: string, changes: Partial<RunPlan> = {}): UnitScope {
  const [store] = scope().plan.stores;
  const stores = [{ ...store!, format: { ...store!.format, keyArn: 'arn' } }];
  const of = scope({ runId, stores, pageSize: 500, ...changes });
  return { ...of, unit: { ...UNIT, runId } };
}

/** Numbers that are the same in each test, and spread like random ones. */
export function seeded(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
