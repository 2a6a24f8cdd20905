import { PremiseBroken } from '../model/errors.ts';
import { bindFormat } from '../job/bind-format.ts';
import type { BoundFormat, FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';
import type { RunPlan, Unit } from '../model/run.ts';

/** A unit with all that is needed to work on it. */
export interface UnitScope {
  readonly unit: Unit;
  readonly plan: RunPlan;
  readonly store: Store;
  readonly format: BoundFormat;
}

export function unitScope(unit: Unit, plan: RunPlan, formats: FormatRegistry): UnitScope {
  const store = plan.stores[unit.store];
  if (store === undefined) {
    throw new PremiseBroken(
      'scan.noSuchStore',
      `unit ${unit.unitId} names store ${unit.store}, which the plan of ${plan.runId} does not have`,
    );
  }
  return { unit, plan, store, format: bindFormat(store, formats, plan.destination) };
}
