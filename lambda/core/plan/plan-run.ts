import type { ShareBook } from '../rate/lease.ts';
import { sharedRegions, usesOf } from '../rate/region-use.ts';
import { unwrittenProblems } from '../job/counted-stores.ts';
import { foreignAliases } from '../job/foreign-aliases.ts';
import { checkKeys } from './check-keys.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkReversal } from './check-reversal.ts';
import { needRoles } from './check-roles.ts';
import { assemblePlan, type PlannedPasses } from './assemble-plan.ts';
import { chooseRoute } from './choose-route.ts';
import { continueRun } from './continue-run.ts';
import { estimateResting } from './estimate-resting.ts';
import { findFormats, isFormatSought } from './find-formats.ts';
import { inspectStores } from './inspect-stores.ts';
import { lookAtStores, type OpenRecords } from './look-at-stores.ts';
import { keysCreated } from './keys-created.ts';
import { keyLimits } from './key-limits.ts';
import type { PlannedRun, PlanRequest } from './plan-request.ts';
import { planRollback } from './plan-rollback.ts';
import type { LatestRuns, PastRuns, RunHistory } from './ports.ts';
import type { KeyCatalog } from '../keys/catalog.ts';
import type { Job } from '../model/job.ts';
import { refuse } from '../model/refuse.ts';
import type { StoreCatalogs } from '../stores/registry.ts';
import { restOnRun } from './rest-on-run.ts';
import { serverSideWarnings } from './server-side-remarks.ts';
import { changesSince } from './warn-of-changes.ts';
import { parseRunInput, type RunInput } from './run-input.ts';

export interface PlanPorts {
  /** KMS, asked with grant tokens. */
  readonly keys: (grantTokens: readonly string[]) => KeyCatalog;
  readonly stores: StoreCatalogs;
  readonly records: OpenRecords;
  readonly history: RunHistory;
  readonly pastRuns: PastRuns;
  readonly latestRuns: LatestRuns;
  /** Which runs are using KMS at the moment. */
  readonly shares: Pick<ShareBook, 'read'>;
}

/**
 * Decides everything before a record is touched: checks the input against its job, resolves keys to ARNs once, chooses the
 * route, checks the premises, cuts the work into units, estimates the cost. Refuses with all problems at once.
 */
export async function planRun(request: PlanRequest, ports: PlanPorts): Promise<PlannedRun> {
  const parsed = parseRunInput(request.input, request.jobs);
  if (parsed.kind === 'refused') throw refuse('plan.input', parsed.problems);
  const { input } = parsed;
  const passes = input.mode === 'rollback' ? undefined : await planPasses(input, request, ports);
  const planned =
    passes === undefined ? await rolledBack(input, request, ports) : await restOnRun(passes, ports);
  const { plan, units } = input.fromStart ? planned : await continueRun(planned, request.now, ports);
  const { kmsRequestsPerSecond } = plan.limits;
  const shared = sharedRegions(await usesOf(plan, ports.shares, request.now), kmsRequestsPerSecond);
  const changes = await changesSince(plan, ports);
  const { pastRuns } = ports;
  const estimate = await estimateResting(plan, { counted: passes?.counted, pastRuns, now: request.now });
  return { units, plan: { ...plan, estimate, warnings: [...changes, ...plan.warnings, ...shared] } };
}

function rolledBack(input: RunInput, request: PlanRequest, ports: PlanPorts): Promise<PlannedRun> {
  const { pastRuns, stores } = ports;
  return planRollback(input, request, { keys: ports.keys(input.grantTokens), pastRuns, stores });
}

/** A run that visits records: a census, a migration, a verification. */
async function planPasses(written: RunInput, request: PlanRequest, ports: PlanPorts): Promise<PlannedPasses> {
  const foreign = foreignAliases(written.job, request.account);
  if (foreign.length > 0) throw refuse('plan.input', foreign);
  await needRoles(written.job.stores, { catalogs: ports.stores, account: request.account });
  const { job, found } = await withFormats(written, request, ports);
  const input = { ...written, job };
  const unwritten = unwrittenProblems(input, request.formats);
  if (unwritten.length > 0) throw refuse('plan.unwritten', unwritten);
  const catalog = ports.keys(input.grantTokens);
  const [keys, stores] = await Promise.all([
    checkKeys(job, catalog, input.mode),
    inspectStores(job, inspecting(input, request, ports)),
  ]);
  if (keys.kind === 'refused') throw refuse('plan.premises', [...keys.problems, ...stores.problems]);
  const { plaintextAllowed } = request;
  const choice = await chooseRoute({ job, ...keys, catalog, plaintextAllowed, mode: input.mode });
  const problems = [
    ...(choice.kind === 'refused' ? choice.problems : await checkPermissions(choice, catalog, input.mode)),
    ...(input.mode === 'migrate' ? await checkReversal({ job, ...keys, history: ports.history }) : []),
    ...stores.problems,
  ];
  if (choice.kind === 'refused' || problems.length > 0) throw refuse('plan.premises', problems);
  const look = await lookAtStores(job, choice, { mode: input.mode, formats: request.formats, ports });
  if (look.problems.length > 0) throw refuse('plan.misfit', look.problems);
  // A verify run asks the destination key only.
  const keysUsed = [...(input.mode === 'verify' ? [] : keys.sources), keys.destination];
  const limited = keyLimits(input.limits, keysUsed);
  const highestRate = keyLimits(job.limits, keysUsed).limits.kmsRequestsPerSecond;
  const usable = [...choice.sources, choice.destination].filter(({ unusable }) => unusable === undefined);
  const arns = [...new Set(usable.map(({ keyArn }) => keyArn))];
  const keyMaterials = (await Promise.all(arns.map(arn => catalog.keyMaterials(arn)))).flat();
  const serverSide = serverSideWarnings(job.stores, stores.serverSideKeys, choice);
  const warnings = [...found, ...limited.warnings, ...look.warnings, ...stores.warnings, ...serverSide];
  const decided = {
    ...{ written: written.job, choice, stores, keyMaterials, warnings, highestRate },
    created: keysCreated(job.stores, [...keys.sources, keys.destination]),
    looked: look.looked,
  };
  return assemblePlan({ ...input, limits: limited.limits }, request, decided);
}

function inspecting({ mode, limits, sample }: RunInput, { formats }: PlanRequest, { stores }: PlanPorts) {
  return { mode, limits, catalogs: stores, sample: sample !== undefined, formats };
}

/** The job with a format for each store: from here on, no store has the format `auto`. */
async function withFormats(
  input: RunInput,
  request: PlanRequest,
  ports: PlanPorts,
): Promise<{ readonly job: Job; readonly found: readonly string[] }> {
  const { job } = input;
  if (!isFormatSought(job)) return { job, found: [] };
  const { ranges, problems } = await inspectStores(job, inspecting(input, request, ports));
  if (problems.length > 0) throw refuse('plan.premises', problems);
  const { formats } = request;
  const found = await findFormats(job, { formats, records: ports.records, ranges });
  if (found.problems.length > 0) throw refuse('plan.format', found.problems);
  return { job: found.job, found: found.warnings };
}
