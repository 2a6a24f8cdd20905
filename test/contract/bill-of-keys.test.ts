import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

/** The official schemas, as CycloneDX's own library carries them. */
function problems(bom: object): readonly string[] {
  const library = createRequire(__filename).resolve('@cyclonedx/cyclonedx-library/package.json');
  const schema = (name: string): object =>
    JSON.parse(
      readFileSync(library.replace('package.json', `res/schema/${name}.SNAPSHOT.schema.json`), 'utf8'),
    ) as object;
  // Formats that ajv-formats does not know are those of licences and authors, which the bill does not have.
  const ajv = new Ajv({ strict: false, formats: { 'iri-reference': true, 'idn-email': true } });
  addFormats.default(ajv);
  ajv.addSchema(schema('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(schema('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
  const validate = ajv.compile(schema('bom-1.6'));
  return validate(bom)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the bill of keys of a run', () => {
  const bom = billOfKeys(KEYS, REPORT) as { readonly components: readonly Component[] };

  it('is valid by the schema of CycloneDX 1.6', () => {
    expect(problems(bom)).toEqual([]);
    // The schema does look: a component of no known type is refused.
    expect(problems({ ...bom, components: [{ ...bom.components[0], type: 'key' }] })).not.toEqual([]);
  });

  it('says for each key and key material how many data keys rest on it, and where', () => {
    const of = bom.components.find(({ name }) => name === OLD)?.properties;
    expect(of).toEqual([
      { name: 'kms-rewrap:data-keys-before', value: '5' },
      { name: 'kms-rewrap:data-keys-after', value: '1' },
      { name: 'kms-rewrap:data-keys-after:dynamodb:Orders', value: '1' },
    ]);
  });

  it('has a component for each algorithm of one key, with the key spec, and is valid so', () => {
    const counts = { keyArn: RSA, keyMaterialId: null, before: 1, after: 1 };
    const keyMaterials = (['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const).map(encryptionAlgorithm => ({
      ...counts,
      encryptionAlgorithm,
    }));
    const report = { ...REPORT, stores: [{ ...REPORT.stores[0]!, keyMaterials }], keyMaterials };
    const [, rsa] = KEYS.sources;
    const two = billOfKeys({ ...KEYS, sources: [{ ...rsa!, keySpec: 'RSA_2048' }] }, report);
    expect(problems(two)).toEqual([]);
    const { components } = two as { readonly components: readonly (Component & { 'bom-ref': string })[] };
    expect(components.map(one => one['bom-ref'])).toEqual([
      ...['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
      ...[`${RSA}#RSAES_OAEP_SHA_1`, `${RSA}#RSAES_OAEP_SHA_256`],
    ]);
    expect(components[2]?.properties).toContainEqual({ name: 'kms-rewrap:key-spec', value: 'RSA_2048' });
  });

  it('names each algorithm that is used once, so that RSA is found', () => {
    expect(bom.components.map(({ name }) => name)).toEqual([
      ...['RSAES_OAEP_SHA_256', 'SYMMETRIC_DEFAULT'],
      ...[OLD, RSA, NEW],
    ]);
  });
});
