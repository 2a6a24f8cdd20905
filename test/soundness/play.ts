import { exitCodeOf } from '../../cli/context/exit-codes.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { migrateUnit, type MigratePorts } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import type { ScanRange, Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { proofsOf } from '../../lambda/core/report/store-proofs.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit, type VerifyPorts } from '../../lambda/core/verify/verify-unit.ts';
import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { plan as planOf, planned } from '../support/builders.ts';
import { FakeJournal, FakeLedger } from '../support/fake-ports.ts';
import { ALONE } from '../support/fake-shares.ts';
import { key, stores as catalog } from '../support/plan-ports.ts';
import { jobOf, type SceneJob } from './job-of.ts';
import { KeyServiceOf } from './key-service.ts';
import { at, MemoryStore } from './memory-store.ts';
import { expectedOf, type Expected } from './model.ts';
import { Reader } from './reader.ts';
import { KEYS, sceneOf, type Scene } from './scene.ts';
import { UNHEARD } from '../support/telemetry.ts';

export type Ports = MigratePorts & VerifyPorts;

/** What a planted bug may replace: the workers' ports, and the progress, reports and proofs that come from them. */
export interface Bug {
  readonly ports?: (ports: Ports, phase: 'migrate' | 'verify') => Ports;
  readonly progress?: (progress: UnitProgress, phase: 'migrate' | 'verify') => UnitProgress;
  readonly report?: (report: Report) => Report;
  readonly proofs?: (proofs: readonly StoreProof[]) => readonly StoreProof[];
}

export interface Planted {
  readonly name: string;
  readonly bug: Bug;
}

export interface Played {
  readonly seed: number;
  readonly job: SceneJob;
  /** The job is refused at validation, so nothing is claimed about it. */
  readonly refused: boolean;
  readonly report?: Report;
  readonly advice?: RetireAdvice['verdict'];
  readonly violations: readonly string[];
}

const DAY_MS = 86_400_000;
const ENDED = Date.UTC(2026, 10, 21);

export async function play(seed: number, bug: Bug = {}): Promise<Played> {
  const scene = sceneOf(seed);
  const job = jobOf(scene);
  const parsed = parseJob(job.input, formats);
  if (parsed.kind === 'refused') return { seed, job, refused: true, violations: [] };
  const reader = new Reader(scene.application, scene.kms);
  const rowOf = new Map(scene.rows.map(row => [row.id, row]));
  const readable = (): Set<number> =>
    new Set(scene.slots.flatMap((slot, index) => (reader.reads(slot, rowOf.get(slot.row)!) ? [index] : [])));
  const before = readable();
  const expected = expectedOf(scene, job);
  const report = await run(scene, { job: parsed.job, sceneJob: job, bug });
  const after = readable();
  const proofs = proofsOf(planFor(scene, { job: parsed.job, sceneJob: job }), report);
  const advice = await advise(parsed.job, bug.proofs?.(proofs) ?? proofs);
  for (const { key: source } of parsed.job.source.keys) scene.kms.disabled.add(source);
  scene.kms.disabled.add(KEYS.old);
  const without = readable();
  const names = (lost: Set<number>): string =>
    [...before]
      .filter(index => !lost.has(index))
      .map(index => scene.slots[index]?.plaintext)
      .join(', ');
  const unsound = names(without) !== '' && isAboutOldKey(parsed.job) && !isLie(scene, job);
  const claims = exitCodeOf(report) === 0 && report.verdict !== 'counted';
  return {
    ...{ seed, job, refused: false, report, advice },
    violations: [
      ...(unsound && claims ? [`exit 0, and nobody reads ${names(without)}`] : []),
      ...(unsound && advice === 'disable' ? [`advised to disable, and nobody reads ${names(without)}`] : []),
      ...(names(after) !== '' && !sharesLabel(job) ? [`the run broke ${names(after)}`] : []),
      ...differences(expected, report, advice),
    ],
  };
}

/** The operator has vouched, despite a warning, for something false. No tool can be sound against that. */
function isLie({ slots }: Scene, { misfits, input }: SceneJob): boolean {
  const [store] = input['stores'] as readonly { readonly withoutDataKey?: string }[];
  const expectsNone = store?.withoutDataKey !== undefined && slots.some(({ path }) => path[0] === '$body');
  return expectsNone || misfits.includes('ignores-everything-else');
}

/**
 * Some readers use a label that the job does not name, or that it mistakes for another data key's. They break with the
 * first data key that is moved. The run warns about this in its verdict; only Plan can warn beforehand.
 */
function sharesLabel({ misfits }: SceneJob): boolean {
  return misfits.includes('label-forgotten') || misfits.includes('path-of-second-key');
}

/** A job about another key says nothing about the old one. */
function isAboutOldKey({ source }: Job): boolean {
  return source.keys.some(({ key: source_ }) => source_ === KEYS.old);
}

function differences(expected: Expected, report: Report, advice: Expected['advice']): readonly string[] {
  const [store] = report.stores;
  const seen = {
    exitCode: exitCodeOf(report),
    run: report.verdict,
    verdict: store?.verdict.kind ?? 'not-proven',
    doubts: store?.verdict.kind === 'not-proven' ? store.verdict.doubts.map(({ code }) => code) : [],
    figures: `${store?.withoutDataKey} without, ${store?.lookAlikes} alike`,
    advice,
  };
  return JSON.stringify(seen) === JSON.stringify(expected)
    ? []
    : [`the model says ${JSON.stringify(expected)}, the product ${JSON.stringify(seen)}`];
}

interface Given {
  readonly job: Job;
  readonly sceneJob: SceneJob;
}

function planFor({ application }: Scene, { job, sceneJob }: Given): RunPlan {
  const { mode, sample } = sceneJob;
  const ranges = rangesOf(job, sceneJob);
  return planOf({
    ...{ mode, stores: job.stores, pageSize: 2, units: ranges.length, unitsPerStore: [ranges.length] },
    sources: job.source.keys.map(({ key: keyArn }) => planned(keyArn)),
    destination: planned(job.destination.key),
    slots: job.stores.map(store => configureFormat(store, formats).identity),
    verify: mode === 'verify' || (mode === 'migrate' && job.verify === 'full'),
    ...(sample !== undefined && { sample }),
    storeRegion: application.kind === 'item' ? 'us-east-1' : 'us-east-1',
  });
}

function rangesOf({ stores: [store] }: Job, { sample }: SceneJob): readonly ScanRange[] {
  if (store?.type === 's3')
    return sample === undefined
      ? [
          { type: 'key-range', endAt: '2025/z' },
          { type: 'key-range', startAfter: '2025/z' },
        ]
      : [{ type: 'key-range' }];
  const only = (store as Partial<TableStore>).scope?.segments?.only ?? (sample === undefined ? [0, 1] : [0]);
  const totalSegments = sample === undefined ? 2 : 1;
  return only.map(segment => ({ type: 'segment', segment, totalSegments }));
}

async function run(scene: Scene, { job, sceneJob, bug }: Given & { readonly bug: Bug }): Promise<Report> {
  const plan = planFor(scene, { job, sceneJob });
  const store = storeOf(scene, job);
  const journal = new FakeJournal();
  const ledger = new FakeLedger();
  const ports: Ports = {
    ...{ records: store, keys: new KeyServiceOf(scene.kms), journal, archive: journal, ledger },
    telemetry: UNHEARD,
    deadline: { remaining: () => Number.POSITIVE_INFINITY },
    // As few are asked by chance as may be: what is found rests on the rule.
    random: () => 0.5,
    wait: () => Promise.resolve(),
    clock: { now: () => 0 },
    shares: ALONE,
  };
  const units = rangesOf(job, sceneJob).map((range, index): Unit => {
    const { sample } = sceneJob;
    return {
      runId: plan.runId,
      unitId: `u${index}`,
      store: 0,
      range,
      ...(sample !== undefined && { maxRecords: sample }),
    };
  });
  const progress: UnitProgress[] = [];
  for (const phase of phasesOf(plan))
    for (const unit of units) {
      const scope = unitScope(unit, plan, formats);
      const planted = bug.ports?.(ports, phase) ?? ports;
      const done = phase === 'migrate' ? await migrateUnit(scope, planted) : await verifyUnit(scope, planted);
      progress.push(bug.progress?.(done, phase) ?? done);
    }
  const report = await foldReport({
    plan,
    units: (async function* () {
      yield* await Promise.resolve(progress);
    })(),
    endedAt: new Date(ENDED).toISOString(),
    files: { run: '', journal: '' },
  });
  return bug.report?.(report) ?? report;
}

function phasesOf({ mode, verify }: RunPlan): readonly ('migrate' | 'verify')[] {
  return [...(mode === 'verify' ? [] : (['migrate'] as const)), ...(verify ? (['verify'] as const) : [])];
}

function storeOf({ application, rows }: Scene, { stores: [first] }: Job): MemoryStore {
  const { prefix = '' } = first as Partial<BucketStore>;
  const filtered = (first as Partial<TableStore>).scope?.filter !== undefined;
  const store = new MemoryStore(
    application.kind,
    row => row.id.startsWith(prefix) && (!filtered || at(row.fields, ['backup']) !== undefined),
  );
  for (const row of [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))) store.rows.set(row.id, row);
  return store;
}

/** Runs retire-check a day after the run, with all other facts as good as possible. */
async function advise(job: Job, proofs: readonly StoreProof[]): Promise<RetireAdvice['verdict']> {
  const lookup = key(KEYS.old);
  if (lookup.kind !== 'found') throw new Error('the key is there');
  const facts = await gatherFacts(
    { key: lookup.key, jobs: [job], formats, proofs, now: ENDED + DAY_MS },
    {
      keys: { describeKey: reference => Promise.resolve(key(reference)) },
      usageOf: () => Promise.resolve({ kind: 'unused', since: 0, olderThanThat: false }),
      stores: catalog(),
    },
  );
  return retireCheck(facts).verdict;
}
