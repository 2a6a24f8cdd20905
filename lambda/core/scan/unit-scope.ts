import { PremiseBroken } from '../model/errors.ts';
import { bindFormat } from '../job/bind-format.ts';
import type { BoundFormat, FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';
import type { Unit } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { Look } from '../look-alikes/look-alikes.ts';
import { lookFor } from './look-for.ts';

/** A unit with all that is needed to work on it. */
export interface UnitScope {
  readonly unit: Unit;
  readonly plan: RunPlan;
  readonly store: Store;
  readonly format: BoundFormat;
  /** Looks through a record for data keys that no store of the job declares. */
  readonly look: Look;
}

export function unitScope(unit: Unit, plan: RunPlan, formats: FormatRegistry): UnitScope {
  const store = plan.stores[unit.store];
  if (store === undefined) {
    throw new PremiseBroken(
      'scan.noSuchStore',
      `unit ${unit.unitId} names store ${unit.store}, which the plan of ${plan.runId} does not have`,
    );
  }
  return {
    unit,
    plan,
    store,
    format: bindFormat(store, formats, { ...plan.destination, startedAt: plan.startedAt }),
    look: lookFor(store, plan, formats),
  };
}
