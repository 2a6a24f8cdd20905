import type { KnownKeyMaterial } from '../../lambda/core/model/run.ts';
import type { PlannedKey } from '../../lambda/core/model/key-use.ts';
import { ageWords, materialAge, type MaterialAge } from '../../lambda/core/report/material-age.ts';
import { NEW_KEY, OLD_KEY, planned } from '../support/builders.ts';

const AT = '2026-11-28T00:00:00.000Z';
const [OLD, YOUNG] = ['2025-11-27T23:59:59.999Z', '2025-11-28T00:00:00.000Z'];

interface Case {
  readonly keyMaterialId?: string | null;
  readonly key?: Partial<PlannedKey>;
  readonly createdAt?: string;
  readonly known?: Partial<KnownKeyMaterial>;
  readonly after?: number;
}

/** Five data keys under the material `m-1` of a key. */
function ageOf({ keyMaterialId = 'm-1', key = {}, createdAt, known, after = 5 }: Case): MaterialAge {
  const material = { keyArn: OLD_KEY, keyMaterialId: 'm-1', state: 'CURRENT', ...known };
  return materialAge(
    { maximumAgeDays: 365, keyMaterials: [{ keyArn: OLD_KEY, keyMaterialId, before: 9, after }], at: AT },
    {
      sources: [planned(OLD_KEY, key)],
      destination: planned(NEW_KEY),
      keyMaterials: known === undefined ? [] : [material],
      ...(createdAt !== undefined && { keysCreatedAt: { [OLD_KEY]: createdAt } }),
    },
  );
}

const said = (of: Case): string => {
  const { tooOld, ageUnknown } = ageOf(of);
  return tooOld > 0 ? 'too old' : ageUnknown > 0 ? 'unknown' : 'young';
};

describe('the age of key material', () => {
  it('counts from its rotation, to the millisecond', () => {
    expect(said({ known: { rotatedAt: OLD }, createdAt: OLD })).toBe('too old');
    expect(said({ known: { rotatedAt: YOUNG }, createdAt: OLD })).toBe('young');
  });

  it('of the first material counts from the making of its key', () => {
    expect(said({ known: {}, createdAt: OLD })).toBe('too old');
    expect(said({ known: {}, createdAt: YOUNG })).toBe('young');
  });

  it('of a key that has one material for ever is that of the key', () => {
    const rsa = { encryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const;
    expect(said({ keyMaterialId: null, key: rsa, createdAt: OLD })).toBe('too old');
    expect(said({ keyMaterialId: null, key: { oneMaterial: true }, createdAt: OLD })).toBe('too old');
  });

  it('is unknown where KMS lists no materials and the key is old, and young where the key itself is', () => {
    expect(said({ createdAt: OLD })).toBe('unknown');
    expect(said({ createdAt: YOUNG })).toBe('young');
  });

  it('is unknown for the first material of a key of which nobody knows when it was made', () =>
    expect(said({ known: {} })).toBe('unknown'));

  it('is of no interest where no data key is left under it', () =>
    expect(said({ known: { rotatedAt: OLD }, after: 0 })).toBe('young'));

  it('is unknown for a key that is none of the run', () => {
    const counts = [{ keyArn: 'another', keyMaterialId: null, before: 1, after: 1 }];
    const keys = { sources: [], destination: planned(NEW_KEY), keyMaterials: [] };
    expect(materialAge({ maximumAgeDays: 1, keyMaterials: counts, at: AT }, keys)).toEqual({
      ...{ maximumAgeDays: 1, tooOld: 0, ageUnknown: 1 },
      materials: [{ keyArn: 'another', keyMaterialId: null, dataKeys: 1 }],
    });
  });

  it('is told with what to do, and nothing is told where all is young', () => {
    const old = ageOf({ known: { rotatedAt: OLD } });
    expect(old.materials).toEqual([{ keyArn: OLD_KEY, keyMaterialId: 'm-1', since: OLD, dataKeys: 5 }]);
    expect(ageWords('dynamodb:Orders', old)).toEqual([
      'dynamodb:Orders: 5 data keys under key material older than the 365 days that the job allows; rotate the destination key, and migrate',
    ]);
    expect(ageWords('s3:docs/', ageOf({ createdAt: OLD }))).toEqual([
      's3:docs/: 5 data keys under key material of unknown age, and the job allows 365 days; move them to a key of which KMS tells it',
    ]);
    expect(ageWords('s', ageOf({ known: { rotatedAt: YOUNG } }))).toEqual([]);
    expect(ageWords('s', undefined)).toEqual([]);
  });
});
