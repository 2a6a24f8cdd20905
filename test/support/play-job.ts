import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { exitCodeOf } from '../../cli/context/exit-codes.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { begunProofs } from '../../lambda/core/proof/plan-proofs.ts';
import { proofId } from '../../lambda/core/proof/proof-id.ts';
import { proofsOf } from '../../lambda/core/report/store-proofs.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { Embedded } from './embedded.ts';
import { FakeJournal, FakeLedger } from './fake-ports.ts';
import { ALONE } from './fake-shares.ts';
import { ports as planPorts } from './plan-ports.ts';
import { UNHEARD } from './telemetry.ts';

export interface PlayedJob {
  readonly code: number;
  readonly plan: RunPlan;
  readonly report: Report;
  /** What retire-check says about the first source key two hours later, if nothing else stands against retiring it. */
  readonly advice: RetireAdvice;
}

type Opened = (records: RecordStore) => RecordStore;

/** Plays jobs on the embedded AWS with the product's own adapters, but without Step Functions and Lambda. */
export class JobPlayer {
  readonly #aws: Embedded;
  readonly #records: Opened;
  /** By their ids, as in a ledger: a later one replaces an earlier one of the same id. */
  readonly #proofs = new Map<string, StoreProof>();
  #runs = 0;

  /** @param records what the workers get instead of the records of a store */
  constructor(aws: Embedded, records: Opened = store => store) {
    this.#aws = aws;
    this.#records = records;
  }

  /** The message of the refusal. Throws if the run is not refused. */
  async refusal(job: object, mode = 'migrate'): Promise<string> {
    try {
      await this.play(job, mode);
    } catch (error) {
      if (error instanceof RunRefused) return error.message;
      throw error;
    }
    throw new Error('the run was not refused');
  }

  async play(input: object, mode = 'migrate'): Promise<PlayedJob> {
    const parsed = parseJob(input, formats);
    if (parsed.kind === 'refused')
      throw new RunRefused('job', parsed.problems.map(({ path, words }) => `${path} ${words}`).join('\n'));
    const { endpoint } = this.#aws;
    const clients = new AwsClients({ endpoint });
    const catalog = new KmsKeyCatalog(new KmsChannel({ endpoint, patienceMs: [] }));
    const request = {
      ...{ runId: `run-${++this.#runs}`, input: { job: parsed.job.name, mode }, jobs: [parsed.job], formats },
      ...{ plaintextAllowed: false, workerTimeoutSeconds: 900, now: Date.now() },
    };
    const { plan, units } = await planRun(request, {
      ...planPorts(),
      keys: () => catalog,
      stores: storeCatalogs(clients),
      records: (store, options) => openStore(store, { clients, ...options }),
    });
    this.#remember(begunProofs(plan));
    const report = await this.#run(plan, units, clients);
    this.#remember(proofsOf(plan, report));
    const advice = await this.#advise(parsed.job.source.keys[0]?.key ?? '', [parsed.job]);
    return { code: exitCodeOf(report), plan, report, advice };
  }

  /** What retire-check says about a key two hours later, if these jobs are known and nothing else stands against retiring it. */
  advise(keyArn: string, jobs: readonly object[]): Promise<RetireAdvice> {
    const known = jobs.map(input => {
      const parsed = parseJob(input, formats);
      if (parsed.kind === 'refused') throw new Error(`no job: ${JSON.stringify(parsed.problems)}`);
      return parsed.job;
    });
    return this.#advise(keyArn, known);
  }

  #remember(proofs: readonly StoreProof[]): void {
    for (const one of proofs) this.#proofs.set(proofId(one), one);
  }

  async #run(plan: RunPlan, units: readonly Unit[], clients: AwsClients): Promise<Report> {
    const channel = new KmsChannel({ endpoint: this.#aws.endpoint, patienceMs: [] });
    const [journal, ledger] = [new FakeJournal(), new FakeLedger()];
    const results: UnitProgress[] = [];
    const phases = [...(plan.mode === 'verify' ? [] : [migrateUnit]), ...(plan.verify ? [verifyUnit] : [])];
    for (const work of phases)
      for (const unit of units) {
        const scope = unitScope(unit, plan, formats);
        const { storeRegion: region } = plan;
        results.push(
          await work(scope, {
            wait: () => Promise.resolve(),
            ...{ journal, archive: journal, ledger, keys: new KmsKeyService(channel) },
            records: this.#records(
              await openStore(scope.store, { clients, region, ...needsOf(scope.format) }),
            ),
            telemetry: UNHEARD,
            deadline: { remaining: () => Number.POSITIVE_INFINITY },
            // As few are asked by chance as may be: what is found rests on the rule.
            random: () => 0.5,
            clock: { now: () => Date.now() },
            shares: ALONE,
          }),
        );
      }
    return foldReport({
      plan,
      units: (async function* () {
        yield* await Promise.resolve(results);
      })(),
      endedAt: new Date().toISOString(),
      files: { run: '', journal: '' },
    });
  }

  async #advise(keyArn: string, jobs: readonly Job[]): Promise<RetireAdvice> {
    const { endpoint } = this.#aws;
    const catalog = new KmsKeyCatalog(new KmsChannel({ endpoint, patienceMs: [] }));
    const lookup = await catalog.describeKey(keyArn);
    if (lookup.kind !== 'found') throw new Error('the key is there');
    const proofs = [...this.#proofs.values()];
    const facts = await gatherFacts(
      { key: lookup.key, jobs, formats, proofs, now: Date.now() + 7_200_000 },
      {
        keys: catalog,
        usageOf: () => Promise.resolve({ kind: 'unused', since: 0, olderThanThat: false }),
        stores: storeCatalogs(new AwsClients({ endpoint })),
      },
    );
    return retireCheck(facts);
  }
}
