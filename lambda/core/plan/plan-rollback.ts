import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import { lastWriteAfter } from '../lock/lease.ts';
import { followRunId } from '../model/follow-run-id.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { unusableState } from '../keys/find-key.ts';
import type { StoreCatalogs } from '../stores/registry.ts';
import { needRoles } from './check-roles.ts';
import { workOf } from './cut-work.ts';
import type { PlannedRun, PlanRequest } from './plan-request.ts';
import type { PastRuns, RunEnd } from './ports.ts';
import type { KeyCatalog } from '../keys/catalog.ts';
import { refuse } from '../model/refuse.ts';
import type { RunInput } from './run-input.ts';

interface RollbackPlanPorts {
  readonly keys: KeyCatalog;
  readonly pastRuns: PastRuns;
  readonly stores: Pick<StoreCatalogs, 'mayAssume'>;
}

/**
 * Plans the rollback of a run, with the units of that run. The run must be over: a worker that is still alive could write
 * after its unit was rolled back. And its source keys must be usable, or nobody could open what is put back.
 */
export async function planRollback(
  input: RunInput,
  request: PlanRequest,
  { keys, pastRuns, stores: catalogs }: RollbackPlanPorts,
): Promise<PlannedRun> {
  const { run = '', job, limits } = input;
  const original = await pastRuns.plan(run);
  const wrong = wrongRun(original, job.name);
  if (original === undefined || wrong !== undefined)
    throw refuse('plan.input', [{ path: 'run', value: run, words: wrong ?? '' }]);
  const unusable = await keyProblems(original.sources, keys);
  if (unusable.length > 0) throw refuse('plan.premises', unusable);
  await needRoles(original.stores, { catalogs, account: request.account });
  // Last of all, because it stops the remaining workers of that run. A rollback that is refused must not do that.
  const alive = aliveProblems(original, await pastRuns.fence(run, request.now), request.now);
  if (alive.length > 0) throw refuse('plan.premises', alive);
  const units = (await pastRuns.units(run)).map(({ unitId, store, range }) => ({
    runId: request.runId,
    unitId,
    store,
    range,
  }));
  // The rollback of a sample is about all that the sample changed.
  // What was counted before that run is no longer so.
  const { sample: _sample, continues: _continues, versions: _versions, ...counted } = original;
  // And it believes no journal but that of the run that it undoes.
  const { restsOn: _restsOn, contradictions: _contradictions, ...rest } = counted;
  const { resting: _resting, ...estimate } = original.estimate;
  const plan: RunPlan = {
    ...rest,
    ...workOf(units, limits),
    // A follower has less time, and the deployment may have changed since: the lock is held for as long as these workers may write.
    workerTimeoutSeconds: request.workerTimeoutSeconds,
    runId: request.runId,
    mode: 'rollback',
    rollsBack: run,
    journalSchema: JOURNAL_SCHEMA,
    startedAt: new Date(request.now).toISOString(),
    ...{ limits, highestCapacity: job.limits },
    ...{ verify: false, dryRun: false },
    estimate: { ...estimate, kmsRequests: 0, seconds: 0 },
    warnings: [...warnings(original), ...(await followedWarnings(run, pastRuns))],
  };
  return { plan, units };
}

function warnings({ runId, sources, continues = [] }: RunPlan): readonly string[] {
  const keyArns = sources.map(({ keyArn }) => keyArn).join(', ');
  return [
    `rolls back ${runId}: data keys go back to ${keyArns}, which must stay enabled`,
    ...continues.map(
      earlier => `${runId} went on from ${earlier}: roll that one back, too, for what it had replaced`,
    ),
  ];
}

/** A rollback puts back what one run has replaced; what its follower has moved since is in a journal of its own. */
async function followedWarnings(run: string, pastRuns: PastRuns): Promise<readonly string[]> {
  const followed = followRunId(run);
  return (await pastRuns.plan(followed)) === undefined
    ? []
    : [`${run} was followed, and what was moved since stays as it is: roll ${followed} back, too`];
}

function wrongRun(original: RunPlan | undefined, job: string): string | undefined {
  if (original === undefined)
    return `is no run of this deployment that was planned; rewrap status lists the latest`;
  if (original.job !== job) return `is a run of the job ${original.job}, not of ${job}; name that job`;
  return original.mode === 'census' || original.mode === 'verify'
    ? `is a ${original.mode} and changed nothing: there is nothing to roll back`
    : undefined;
}

function aliveProblems(original: RunPlan, { succeeded, fencedAt }: RunEnd, now: number): readonly Problem[] {
  const overAt = lastWriteAfter(fencedAt, original);
  if (succeeded || now >= overAt) return [];
  return [
    {
      path: 'run',
      value: original.runId,
      words: `did not finish, and one of its workers may still be writing; they have been told to stop: start the rollback again after ${new Date(overAt).toISOString()}`,
    },
  ];
}

async function keyProblems(sources: readonly PlannedKey[], keys: KeyCatalog): Promise<readonly Problem[]> {
  const lookups = await Promise.all(
    sources.map(({ keyArn, alsoKnownAs }) => keys.describeKey(keyArn, alsoKnownAs)),
  );
  return lookups.flatMap((lookup, index) => {
    const words = lookup.kind === 'found' ? unusableState(lookup.key.state) : 'cannot be described any more';
    return words === undefined ? [] : [{ path: 'source.keys', value: sources[index]?.keyArn, words }];
  });
}
