import { isDeepStrictEqual } from 'node:util';
import { exitCodeOf } from '../../cli/context/exit-codes.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { proofsOf } from '../../lambda/core/report/store-proofs.ts';
import { proofId } from '../../lambda/core/proof/proof-id.ts';
import { begunProofs } from '../../lambda/core/proof/plan-proofs.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { Random } from '../faults/random.ts';
import { key, stores as catalog } from '../support/plan-ports.ts';
import { checksFirstOf, IndependentKms, type Context } from './kms.ts';
import { JOB_KINDS, lifeJob, RSA_KEY, type JobKind } from './life-jobs.ts';
import { parsed, planFor, runOf, type LifeMode, type LifeRun, type RunRequest } from './life-run.ts';
import { at, type Row } from './memory-store.ts';
import { KEYS } from './scene.ts';

/** What a planted bug may replace in a life. */
export interface LifeBug {
  readonly proofs: (proofs: readonly StoreProof[]) => readonly StoreProof[];
}

export interface Lived {
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly violations: readonly string[];
}

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 21);

/** A table over some time: its application writes, runs migrate and roll back, keys get new material, and readers read. */
export async function live(seed: number, bug: LifeBug = { proofs: proofs => proofs }): Promise<Lived> {
  const life = new Life(seed, bug);
  await life.live();
  return { seed, kinds: life.kinds, violations: life.violations };
}

type Acting = 'write' | 'restore' | 'rotate' | 'run' | 'again' | 'rollback';

class Life {
  readonly kinds: string[] = [];
  readonly violations: string[] = [];
  readonly #random: Random;
  readonly #bug: LifeBug;
  readonly #kms: IndependentKms;
  readonly #rows: Row[] = [];
  /** Slots that the application has written since a run last found all of them good. */
  readonly #written = new Set<string>();
  readonly #proofs = new Map<string, StoreProof>();
  readonly #jobs = new Map<JobKind, Job>();
  readonly #migrations: {
    readonly run: LifeRun;
    readonly job: Job;
    readonly before: string;
    after: string;
  }[] = [];
  /** The last migration into the same stores, on whose journal later runs rest. */
  readonly #bases = new Map<string, LifeRun>();
  #last: { readonly job: Job; readonly proven: boolean } | undefined;
  #now = BEGIN;

  constructor(seed: number, bug: LifeBug) {
    this.#random = new Random(seed);
    this.#bug = bug;
    this.#kms = new IndependentKms(checksFirstOf(seed));
    this.#kms.makeRsa(RSA_KEY);
  }

  async live(): Promise<void> {
    const rows = this.#random.between(1, 5);
    for (let row = 0; row < rows; row++) this.#write(row);
    // These rows exist before any run: no proof may overlook them.
    this.#written.clear();
    for (let act = 0; act < 6; act++) {
      this.#now += HOUR_MS;
      const before = this.#readable();
      const acting = this.#random.pick<Acting>([
        'run',
        'run',
        'run',
        'again',
        'rollback',
        'write',
        'restore',
        'rotate',
      ]);
      this.kinds.push(`life ${acting}`);
      await this.#act(acting, before);
      await this.#ask();
    }
  }

  async #act(acting: Acting, before: ReadonlySet<string>): Promise<void> {
    switch (acting) {
      case 'write':
        this.#write(this.#rows.length);
        return;
      case 'restore':
        this.#restore();
        return;
      case 'rotate':
        this.#kms.rotate(this.#random.pick([KEYS.old, KEYS.new]));
        return;
      case 'run':
        return this.#run(before);
      case 'again':
        return this.#again();
      case 'rollback':
        return this.#rollBack(before);
    }
  }

  #write(index: number): void {
    const tenant = this.#random.pick(['acme', 'globex']);
    const id = `r${index}`;
    const seal = (slot: string, context: Context): unknown => {
      const keyArn = this.#random.pick([KEYS.old, KEYS.old, KEYS.new, RSA_KEY]);
      this.#written.add(`${id} ${slot}`);
      return { B: this.#kms.seal({ keyArn, context, plaintext: `${id} ${slot}` }) };
    };
    this.#rows.push({
      id,
      fields: {
        tenant: { S: tenant },
        edk: seal('edk', { tenant }),
        ...(this.#random.chance(0.3) && { spare: seal('spare', { app: 'spare' }) }),
        ...(this.#random.chance(0.4) && { vip: { BOOL: true } }),
      },
    });
  }

  /** A writer restores a whole item that it read before the last migration. */
  #restore(): void {
    if (this.#migrations.length === 0) return;
    const migration = this.#random.pick(this.#migrations);
    const old = (JSON.parse(migration.before, revived) as Row[])[0];
    const row = this.#rows.find(({ id }) => id === old?.id);
    if (old === undefined || row === undefined) return;
    row.fields = old.fields;
    for (const slot of SLOTS) this.#written.add(`${row.id} ${slot}`);
  }

  async #run(before: ReadonlySet<string>): Promise<void> {
    const mode = this.#random.pick<LifeMode>(['migrate', 'migrate', 'migrate', 'verify', 'census']);
    const kind = this.#random.pick(JOB_KINDS);
    const job = parsed(lifeJob(kind, this.#random));
    this.#jobs.set(kind, job);
    const rows = this.#snapshot();
    const run = await this.#runOf({ job, mode });
    if (mode === 'migrate') this.#migrations.push({ run, job, before: rows, after: this.#snapshot() });
    // A census that has counted what is to do ends with 0 as well, and proves nothing.
    const proven = exitCodeOf(run.report) === 0 && run.report.verdict !== 'counted';
    this.kinds.push(`life ${kind} ${mode} ${proven ? 'exit 0' : 'exit 1'}`);
    this.#last = mode === 'migrate' ? { job, proven } : this.#last;
    this.#mustStillRead(before, `the ${mode} run of ${kind} broke`);
    if (proven && mode !== 'census')
      this.#withoutKeys(
        job.source.keys.map(({ key: keyArn }) => keyArn),
        () => this.#mustStillRead(before, `exit 0 of ${kind}, and nobody reads`, kind === 'copies'),
      );
    const all = (kind === 'halves' || kind === 'both-slots' || kind === 'new-context') && mode !== 'census';
    const settled = run.report.stores.every(
      ({ verdict }) =>
        verdict.kind !== 'not-proven' || verdict.doubts.every(({ code }) => code === 'narrowed'),
    );
    if (proven || (all && settled)) this.#written.clear();
  }

  /** Runs the same migration again immediately. */
  async #again(): Promise<void> {
    if (this.#last === undefined || !this.#last.proven) return;
    const { job } = this.#last;
    await this.#runOf({ job, mode: 'migrate' });
    const rows = this.#snapshot();
    const { report } = await this.#runOf({ job, mode: 'migrate' });
    const moved = report.stores.some(({ outcomes }) => (outcomes.rewrapped ?? 0) > 0);
    if (moved || rows !== this.#snapshot()) this.violations.push(`a second run of ${job.name} has written`);
    this.kinds.push('life second run');
    this.#migrations.splice(0);
  }

  async #rollBack(before: ReadonlySet<string>): Promise<void> {
    if (this.#migrations.length === 0) return;
    const migration = this.#random.pick(this.#migrations);
    const { run, job } = migration;
    const untouched = this.#snapshot() === migration.after;
    const { report } = await this.#runOf({ job, mode: 'rollback', rollsBack: run });
    this.kinds.push(`life rollback ${report.verdict}`);
    this.#mustStillRead(before, `the rollback of ${job.name} broke`);
    if (
      untouched &&
      (report.verdict !== 'restored' ||
        !isDeepStrictEqual(sorted(this.#snapshot()), sorted(migration.before)))
    )
      this.violations.push(
        `the rollback of ${job.name} ended ${report.verdict} and did not put everything back`,
      );
    this.#last = undefined;
  }

  async #runOf(of: Pick<RunRequest, 'job' | 'mode' | 'rollsBack'>): Promise<LifeRun> {
    this.#now += HOUR_MS;
    const base = JSON.stringify([of.job.name, of.job.stores, of.job.destination.key]);
    const request = {
      ...{ ...of, kms: this.#kms, rows: this.#rows, runId: `run-${this.#now}`, at: this.#now },
      restsOn: this.#bases.get(base),
    };
    this.#remember(begunProofs(planFor(request)));
    const run = await runOf(request);
    if (of.mode === 'migrate') this.#bases.set(base, run);
    this.#remember(proofsOf(run.plan, run.report));
    this.#now += HOUR_MS;
    return run;
  }

  #remember(proofs: readonly StoreProof[]): void {
    for (const proof of this.#bug.proofs(proofs)) this.#proofs.set(proofId(proof), proof);
  }

  /** Runs retire-check for both old keys, and follows its advice. */
  async #ask(): Promise<void> {
    const before = this.#readable();
    for (const keyArn of [KEYS.old, RSA_KEY]) {
      const advice = await this.#advice(keyArn);
      this.kinds.push(`life retire-check ${advice}`);
      if (advice !== 'disable') continue;
      const due = new Set([...before].filter(slot => !this.#written.has(slot)));
      this.#withoutKeys([keyArn], () => this.#mustStillRead(due, 'advised to disable, and nobody reads'));
    }
  }

  async #advice(keyArn: string): Promise<RetireAdvice['verdict']> {
    const lookup = key(keyArn);
    if (lookup.kind !== 'found') throw new Error('the key is there');
    const facts = await gatherFacts(
      {
        key: lookup.key,
        jobs: [...this.#jobs.values()],
        formats,
        proofs: [...this.#proofs.values()],
        now: this.#now + 24 * HOUR_MS,
      },
      {
        keys: { describeKey: reference => Promise.resolve(key(reference)) },
        usageOf: () => Promise.resolve({ kind: 'unused', since: 0, olderThanThat: false }),
        stores: catalog(),
      },
    );
    return retireCheck(facts).verdict;
  }

  #withoutKeys(keyArns: readonly string[], then: () => void): void {
    for (const keyArn of keyArns) this.#kms.disabled.add(keyArn);
    then();
    this.#kms.disabled.clear();
  }

  #mustStillRead(before: ReadonlySet<string>, words: string, ofCopies = false): void {
    const now = this.#readable(ofCopies);
    const lost = [...before].filter(slot => !now.has(slot));
    if (lost.length > 0) this.violations.push(`${words} ${lost.join(', ')}`);
  }

  /** The application reads both slots, under the old context or the new one, with any key that is enabled. */
  #readable(ofCopies = false): ReadonlySet<string> {
    return new Set(
      this.#rows.flatMap(row =>
        SLOTS.filter(slot => this.#reads(row, slot, ofCopies)).map(slot => `${row.id} ${slot}`),
      ),
    );
  }

  #reads(row: Row, slot: (typeof SLOTS)[number], ofCopies: boolean): boolean {
    const place = ofCopies && slot === 'edk' ? 'copy' : slot;
    const bytes = (at(row.fields, [place]) as { readonly B?: Uint8Array } | undefined)?.B;
    const tenant = (at(row.fields, ['tenant']) as { readonly S: string }).S;
    const contexts = slot === 'edk' ? [{ tenant }, { tenant, v: '2' }] : [{ app: 'spare' }];
    return (
      bytes !== undefined &&
      contexts.some(context =>
        [undefined, RSA_KEY].some(keyArn => {
          const opened = this.#kms.open(bytes, context, keyArn);
          return opened.kind === 'opened' && opened.plaintext === `${row.id} ${slot}`;
        }),
      )
    );
  }

  #snapshot(): string {
    return JSON.stringify(this.#rows, (_, value: unknown) =>
      value instanceof Uint8Array || isBuffer(value) ? { hex: hexOf(value) } : value,
    );
  }
}

const SLOTS = ['edk', 'spare'] as const;

function isBuffer(value: unknown): value is { readonly type: 'Buffer'; readonly data: readonly number[] } {
  return (value as { readonly type?: unknown } | null)?.type === 'Buffer';
}

function hexOf(value: Uint8Array | { readonly data: readonly number[] }): string {
  return Buffer.from(value instanceof Uint8Array ? value : value.data).toString('hex');
}

function revived(_: string, value: unknown): unknown {
  const hex = (value as { readonly hex?: string } | null)?.hex;
  return hex === undefined ? value : Buffer.from(hex, 'hex');
}

/** The attributes of an item have no order. */
function sorted(snapshot: string): unknown {
  return JSON.parse(snapshot);
}
