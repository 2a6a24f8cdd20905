import type { FormatRegistry } from '../model/format.ts';
import type { Job } from '../model/job.ts';
import type { Unit } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';

export interface PlanRequest {
  readonly runId: string;
  /** The execution's input, as it came. */
  readonly input: unknown;
  readonly jobs: readonly Job[];
  readonly formats: FormatRegistry;
  /** The deployment allows plaintext data keys outside KMS. */
  readonly plaintextAllowed: boolean;
  /** The longest that one invocation of a worker takes in this deployment. */
  readonly workerTimeoutSeconds: number;
  /** The account of the deployment, if there is one. */
  readonly account?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PlannedRun {
  readonly plan: RunPlan;
  readonly units: readonly Unit[];
}
