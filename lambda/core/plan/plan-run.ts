import { RunRefused } from '../model/errors.ts';
import type { FormatRegistry } from '../model/format.ts';
import type { Job, Limits } from '../model/job.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import type { RunPlan, Unit } from '../model/run.ts';
import { estimate } from './estimate.ts';
import type { KeyCatalog, StoreCatalog } from './ports.ts';
import { checkKeys } from './check-keys.ts';
import { inspectStores } from './inspect-stores.ts';
import { parseRunInput } from './run-input.ts';

export interface PlanPorts {
  readonly keys: KeyCatalog;
  readonly stores: StoreCatalog;
}

export interface PlanRequest {
  readonly runId: string;
  /** The execution's input, as it came. */
  readonly input: unknown;
  readonly jobs: readonly Job[];
  readonly formats: FormatRegistry;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PlannedRun {
  readonly plan: RunPlan;
  readonly units: readonly Unit[];
}

/**
 * Everything that is decided before a record is touched: the input against its job, keys resolved to ARNs once,
 * premises, the work cut into units, what it will cost. Refuses with all problems at once.
 */
export async function planRun(request: PlanRequest, ports: PlanPorts): Promise<PlannedRun> {
  const parsed = parseRunInput(request.input, request.jobs);
  if (parsed.kind === 'refused') throw refuse('plan.input', parsed.problems);
  const { job, mode, limits } = parsed.input;

  const keys = await checkKeys(job, ports.keys);
  const stores = await inspectStores(job, limits, ports.stores);
  const problems = [...keys.problems, ...stores.problems];
  if (problems.length > 0) throw refuse('plan.premises', problems);

  const units = stores.ranges.map(({ store, range }, index) => ({
    runId: request.runId,
    unitId: `u${String(index + 1).padStart(5, '0')}`,
    store,
    range,
  }));
  const workers = workerCount(units.length, limits);
  const plan: RunPlan = {
    runId: request.runId,
    job: job.name,
    mode,
    startedAt: new Date(request.now).toISOString(),
    sourceKeyArns: keys.sourceKeyArns,
    destinationKeyArn: keys.destinationKeyArn,
    stores: job.stores,
    limits,
    verify: mode === 'verify' || (mode === 'migrate' && job.verify === 'full'),
    units: units.length,
    unitsPerStore: job.stores.map((_, store) => units.filter(unit => unit.store === store).length),
    workers,
    pageSize: pageSize(limits.kmsRequestsPerSecond / workers),
    estimate: estimate({ job, mode, limits, counts: stores.counts }),
    warnings: stores.warnings,
  };
  return { plan, units };
}

export function refuse(code: string, problems: readonly Problem[]): RunRefused {
  return new RunRefused(code, problems.map(formatProblem).join('\n'));
}

/**
 * Workers at one time. Each has at least one request a second: slower ones would not finish a page before they are
 * killed, and would start it anew for ever.
 */
function workerCount(units: number, { maxConcurrency, kmsRequestsPerSecond }: Limits): number {
  return Math.max(1, Math.min(maxConcurrency, units, kmsRequestsPerSecond));
}

/**
 * Records in a page: what a worker re-encrypts in about 20 seconds at its share of the rate, so that a page always
 * fits well into an invocation of 15 minutes even at one request a second, and a stop takes effect soon; at most
 * 500, where two journal objects and a checkpoint a page cost under 1 % of the calls that cannot be avoided.
 */
function pageSize(requestsPerSecond: number): number {
  return Math.min(500, Math.floor(requestsPerSecond * 20));
}
