import { PremiseBroken } from '../model/errors.ts';
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
  return { unit, plan, store, format: bindFormat(store, formats) };
}

/** The store's format, configured. The configuration was validated with the job and is parsed again here. */
export function bindFormat(store: Store, formats: FormatRegistry): BoundFormat {
  const definition = formats.get(store.format.type);
  if (definition === undefined) {
    throw new PremiseBroken(
      'scan.unknownFormat',
      `format '${store.format.type}' is not in this deployment; deploy the version that has it`,
    );
  }
  return definition.bind(definition.configSchema.parse(store.format));
}
