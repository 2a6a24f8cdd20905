import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { billOfKeys } from '../../lambda/core/report/bill-of-keys.ts';
import type { PlannedKey } from '../../lambda/core/model/key-use.ts';
import type { Report } from '../../lambda/core/report/report.ts';

const OLD = 'arn:aws:kms:us-east-1:111122223333:key/old';
const NEW = 'arn:aws:kms:us-east-1:111122223333:key/new';
const RSA = 'arn:aws:kms:us-east-1:111122223333:key/rsa';
const key = (keyArn: string, encryptionAlgorithm: PlannedKey['encryptionAlgorithm']): PlannedKey => ({
  ...{ keyArn, encryptionAlgorithm, alsoKnownAs: [] },
});
const KEYS = {
  sources: [key(OLD, 'SYMMETRIC_DEFAULT'), key(RSA, 'RSAES_OAEP_SHA_256')],
  destination: key(NEW, 'SYMMETRIC_DEFAULT'),
};
const MATERIALS = [
  { keyArn: OLD, keyMaterialId: 'a1', before: 5, after: 1 },
  { keyArn: RSA, keyMaterialId: null, before: 2, after: 0 },
  { keyArn: NEW, keyMaterialId: 'b1', before: 0, after: 6 },
];
const REPORT = {
  ...{ runId: 'run-1', job: 'orders', state: 'succeeded', verdict: 'not-proven' },
  endedAt: '2026-11-28T06:00:00.000Z',
  stores: [{ store: 'dynamodb:Orders', keyMaterials: MATERIALS }],
  keyMaterials: MATERIALS.map((one, index) =>
    index === 2 ? { ...one, state: 'CURRENT', rotatedAt: '2026-01-01T00:00:00.000Z' } : one,
  ),
} as unknown as Report;

interface Component {
  readonly name: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

describe('the bill of keys of a run', () => {
  const bom = billOfKeys(KEYS, REPORT) as { readonly components: readonly Component[] };

  it('is valid CycloneDX 1.6, strictly', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(bom))).toBeNull();
    // The validator does look: a component of no known type is refused.
    const wrong = { ...bom, components: [{ ...bom.components[0], type: 'key' }] };
    expect(await validator.validate(JSON.stringify(wrong))).not.toBeNull();
  });

  it('says for each key and key material how many data keys rest on it, and where', () => {
    const of = bom.components.find(({ name }) => name === OLD)?.properties;
    expect(of).toEqual([
      { name: 'kms-rewrap:data-keys-before', value: '5' },
      { name: 'kms-rewrap:data-keys-after', value: '1' },
      { name: 'kms-rewrap:data-keys-after:dynamodb:Orders', value: '1' },
    ]);
  });

  it('names each algorithm that is used once, so that RSA is found', () => {
    expect(bom.components.map(({ name }) => name)).toEqual([
      ...['RSAES_OAEP_SHA_256', 'SYMMETRIC_DEFAULT'],
      ...[OLD, RSA, NEW],
    ]);
  });
});
