import type { Unit } from '../../core/model/run.ts';
import type { RunPlan } from '../../core/model/run-plan.ts';
import type { PastRuns, RunEnd } from '../../core/plan/ports.ts';
import type { Report } from '../../core/report/report.ts';
import type { DynamoDbLedger } from '../state/ledger.ts';
import type { S3RunFiles } from './files.ts';

/** Past runs: their plans and units from the run bucket, their ends from the ledger. */
export class DeployedRuns implements PastRuns {
  readonly #files: S3RunFiles;
  readonly #ledger: DynamoDbLedger;

  constructor(files: S3RunFiles, ledger: DynamoDbLedger) {
    this.#files = files;
    this.#ledger = ledger;
  }

  plan(runId: string): Promise<RunPlan | undefined> {
    return this.#files.findPlan(runId);
  }

  units(runId: string): Promise<readonly Unit[]> {
    return this.#files.readUnits(runId);
  }

  report(runId: string): Promise<Report | undefined> {
    return this.#files.readReport(runId);
  }

  fence(runId: string, now: number): Promise<RunEnd> {
    return this.#ledger.fence(runId, now);
  }

  /** A lease is renewed before each page and outlasts it, by half an hour at most. */
  async lastPageAt(runId: string): Promise<number | undefined> {
    return (await this.#ledger.readControl(runId)).leaseUntil;
  }
}
