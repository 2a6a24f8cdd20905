import { materialId, type Books, type KeyMaterialCount } from '../model/books.ts';
import type { KeysOfRun, PassesOfRun, RunIdentity } from '../model/run-plan.ts';
import type { KeyMaterialReport } from './report.ts';

type MaterialsOf = RunIdentity & KeysOfRun & PassesOfRun;

/** The counts, with what KMS said about each key material when the run began. */
export function keyMaterialReports(
  plan: MaterialsOf,
  total: Books,
  verified: Books,
): readonly KeyMaterialReport[] {
  const known = new Map(plan.keyMaterials.map(one => [materialId(one), one]));
  return keyMaterials(plan, total, verified).map(one => {
    const { state, rotatedAt, rotationType } = known.get(materialId(one)) ?? {};
    return {
      ...one,
      ...(state !== undefined && { state }),
      ...(rotatedAt !== undefined && { rotatedAt }),
      ...(rotationType !== undefined && { rotationType }),
    };
  });
}

/** Counts before come from the first pass; counts after, where the verify pass could ask, from its answers. */
export function keyMaterials(plan: MaterialsOf, total: Books, verified: Books): readonly KeyMaterialCount[] {
  if (plan.mode !== 'migrate' || !plan.verify) return total.keyMaterials;
  const asked = new Map(verified.keyMaterials.map(count => [materialId(count), count]));
  const known = new Set(total.keyMaterials.map(materialId));
  return [
    ...total.keyMaterials.map(count =>
      count.keyArn === plan.destination.keyArn
        ? { ...count, after: asked.get(materialId(count))?.after ?? 0 }
        : count,
    ),
    ...verified.keyMaterials
      .filter(count => !known.has(materialId(count)))
      .map(count => ({ ...count, before: 0 })),
  ];
}
