import type { KeyMaterialCount } from '../model/books.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import { counted } from '../verdict/store-verdict.ts';

/** A key material under which data keys of a store are for longer than its job allows, or for nobody knows how long. */
interface AgedMaterial {
  readonly keyArn: string;
  readonly keyMaterialId: string | null;
  /** Since when KMS has it, ISO 8601; absent where that is not known. */
  readonly since?: string;
  readonly dataKeys: number;
}

/** How a store keeps to the greatest age that its job allows. */
export interface MaterialAge {
  readonly maximumAgeDays: number;
  /** Data keys under older material. */
  readonly tooOld: number;
  /** Data keys under material whose age KMS does not tell. */
  readonly ageUnknown: number;
  readonly materials: readonly AgedMaterial[];
}

type Keys = Pick<KeysOfRun, 'sources' | 'destination' | 'keyMaterials' | 'keysCreatedAt'>;

interface AtEnd {
  readonly maximumAgeDays: number;
  /** Of one store. */
  readonly keyMaterials: readonly KeyMaterialCount[];
  /** ISO 8601: the end of the run. */
  readonly at: string;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Whether the data keys of a store are, after a run, under material that is younger than its job demands. Age counts from the moment when the
 * material became current in KMS: imported material may be older elsewhere.
 */
export function materialAge({ maximumAgeDays, keyMaterials, at }: AtEnd, keys: Keys): MaterialAge {
  const oldest = Date.parse(at) - maximumAgeDays * DAY_MS;
  const aged = keyMaterials
    .filter(({ after }) => after > 0)
    .flatMap(count => {
      const age = ageOf(count, keys, oldest);
      const { keyArn, keyMaterialId, after: dataKeys } = count;
      return age.kind === 'young'
        ? []
        : [{ age, aged: { keyArn, keyMaterialId, ...sinceOf(age), dataKeys } }];
    });
  const sum = (kind: Age['kind']): number =>
    aged.filter(({ age }) => age.kind === kind).reduce((total, one) => total + one.aged.dataKeys, 0);
  return {
    ...{ maximumAgeDays, tooOld: sum('old'), ageUnknown: sum('unknown') },
    materials: aged.map(one => one.aged),
  };
}

type Age =
  | { readonly kind: 'young' }
  | { readonly kind: 'old'; readonly since: string }
  /** Doubt counts. */
  | { readonly kind: 'unknown' };

function sinceOf(age: Age): { readonly since?: string } {
  return age.kind === 'old' ? { since: age.since } : {};
}

function ageOf(
  { keyArn, keyMaterialId }: KeyMaterialCount,
  { sources, destination, keyMaterials, keysCreatedAt = {} }: Keys,
  oldest: number,
): Age {
  const key = [...sources, destination].find(one => one.keyArn === keyArn);
  const material = keyMaterials.find(one => one.keyArn === keyArn && one.keyMaterialId === keyMaterialId);
  if (material?.rotatedAt !== undefined) return aged(material.rotatedAt, oldest);
  const createdAt = keysCreatedAt[keyArn];
  if (key === undefined || createdAt === undefined) return { kind: 'unknown' };
  const ofKey = aged(createdAt, oldest);
  // No material of a key is older than the key, whichever it is.
  if (ofKey.kind === 'young') return ofKey;
  return material !== undefined || hasOneMaterial(key) ? ofKey : { kind: 'unknown' };
}

/** Asymmetric keys are never rotated, nor are those in custom key stores. */
function hasOneMaterial({ encryptionAlgorithm, oneMaterial }: PlannedKey): boolean {
  return encryptionAlgorithm !== 'SYMMETRIC_DEFAULT' || oneMaterial === true;
}

function aged(since: string, oldest: number): Age {
  return Date.parse(since) < oldest ? { kind: 'old', since } : { kind: 'young' };
}

/** What to say of it, and do; nothing where all is young. */
export function ageWords(store: string, age: MaterialAge | undefined): readonly string[] {
  if (age === undefined || age.materials.length === 0) return [];
  const { maximumAgeDays, tooOld, ageUnknown } = age;
  return [
    ...(tooOld === 0
      ? []
      : [
          `${store}: ${counted(tooOld, 'data key')} under key material older than the ${counted(maximumAgeDays, 'day')} that the job allows; rotate the destination key, and migrate`,
        ]),
    ...(ageUnknown === 0
      ? []
      : [
          `${store}: ${counted(ageUnknown, 'data key')} under key material of unknown age, and the job allows ${counted(maximumAgeDays, 'day')}; move them to a key of which KMS tells it`,
        ]),
  ];
}
