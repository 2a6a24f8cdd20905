import { PremiseBroken } from '../model/errors.ts';
import { bindFormat } from '../job/bind-format.ts';
import type { BoundFormat, FormatRegistry } from '../model/format.ts';
import { writtenPlace, type Store } from '../model/job.ts';
import type { AttributePath } from '../model/record.ts';
import type { RunPlan, Unit } from '../model/run.ts';
import { lookingFor, type Look } from './look-alikes/look-alikes.ts';

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
    format: bindFormat(store, formats, plan.destination),
    look: lookFor(unit.store, plan, formats),
  };
}

/** The places that all stores of the job declare in the same table or bucket are known; so are those it answers for. */
function lookFor(
  index: number,
  { stores, storeRegion, sources, destination }: RunPlan,
  formats: FormatRegistry,
): Look {
  const store = stores[index];
  const same = stores.filter(one => store !== undefined && sharesRecords(one, store, storeRegion));
  return lookingFor({
    declared: same.flatMap(one =>
      bindFormat(one, formats).declared.map((path): AttributePath =>
        one.type === 's3' ? ['metadata', ...path] : path,
      ),
    ),
    ignore: store?.ignore ?? [],
    lengths: sources.flatMap(({ ciphertextBytes }) => ciphertextBytes ?? []),
    // A reader may ask KMS with the key that its record names.
    keyNames: sources
      .filter(({ keyArn }) => keyArn !== destination.keyArn)
      .flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]),
  });
}

function sharesRecords(a: Store, b: Store, region: string): boolean {
  if (a.type === 'dynamodb' || b.type === 'dynamodb')
    return writtenPlace(a, region) === writtenPlace(b, region);
  const bucket = (store: Store): string => writtenPlace({ ...store, prefix: '' } as Store, region);
  return bucket(a) === bucket(b) && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}
