import { untilFollowersLeave, type FollowersLeave } from '../lock/followers.ts';
import { takeLocks, type LockPorts } from '../lock/take-locks.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { begunProofs } from '../proof/plan-proofs.ts';
import type { PlanFiles } from './ports.ts';
import { planRun, type PlanPorts } from './plan-run.ts';
import type { PlanRequest } from './plan-request.ts';

export interface BeginPorts extends PlanPorts {
  readonly files: PlanFiles;
  readonly lock: LockPorts & FollowersLeave;
  readonly history: PlanPorts['history'] & {
    /** Remembers that this is the latest run of its job in its mode, and whether it finished. */
    rememberLatest(plan: RunPlan, finished: boolean): Promise<void>;
    rememberProofs(proofs: readonly StoreProof[]): Promise<void>;
  };
}

/** Stage Plan: decides, then takes the locks of the run's stores, then leaves plan and units for the workers. */
export async function beginRun(
  request: PlanRequest,
  ports: BeginPorts,
): Promise<{ readonly plan: RunPlan; readonly unitsKey: string }> {
  const { plan, units } = await planRun(request, ports);
  await takeLocks(plan, request.now, ports.lock);
  await untilFollowersLeave(plan, ports.lock);
  const { unitsKey } = await ports.files.writePlan(plan, units);
  await ports.history.rememberLatest(plan, false);
  await ports.history.rememberProofs(begunProofs(plan));
  return { plan, unitsKey };
}
