import { materialId, type KeyMaterialCount } from '../model/books.ts';
import type { EncryptionAlgorithm } from '../model/key-use.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { KeyMaterialReport, Report } from './report.ts';

/** Of CycloneDX 1.6: what each algorithm of KMS is (KMS API reference, ReEncrypt). */
const ALGORITHMS: Readonly<Record<EncryptionAlgorithm, object>> = {
  SYMMETRIC_DEFAULT: { primitive: 'ae', parameterSetIdentifier: '256', mode: 'gcm' },
  RSAES_OAEP_SHA_1: { primitive: 'pke', padding: 'oaep' },
  RSAES_OAEP_SHA_256: { primitive: 'pke', padding: 'oaep' },
  SM2PKE: { primitive: 'pke' },
};

type Keys = Pick<RunPlan, 'sources' | 'destination'>;

/**
 * The cryptography bill of materials of a run (CycloneDX 1.6): each wrapping key and key material that it has met, how many data
 * keys rested on it before and after, and in which stores.
 */
export function billOfKeys({ sources, destination }: Keys, report: Report): object {
  const planned = new Map([...sources, destination].map(key => [key.keyArn, key]));
  const kindOf = ({ keyArn, encryptionAlgorithm }: KeyMaterialCount): KindOfKey => {
    const key = planned.get(keyArn);
    return { algorithm: encryptionAlgorithm ?? key?.encryptionAlgorithm, spec: key?.keySpec };
  };
  const used = [...new Set(report.keyMaterials.flatMap(one => kindOf(one).algorithm ?? []))].sort();
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: report.endedAt,
      component: { type: 'data', name: `data keys of the job ${report.job}`, version: report.runId },
      properties: [
        property('run', report.runId),
        property('state', report.state),
        property('verdict', report.verdict),
      ],
    },
    components: [
      ...used.map(algorithmComponent),
      ...report.keyMaterials.map(material => keyComponent(material, report, kindOf(material))),
    ],
  };
}

function algorithmComponent(algorithm: EncryptionAlgorithm): object {
  return {
    type: 'cryptographic-asset',
    'bom-ref': algorithm,
    name: algorithm,
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        ...ALGORITHMS[algorithm],
        executionEnvironment: 'hardware',
        cryptoFunctions: ['encrypt', 'decrypt'],
      },
    },
  };
}

interface KindOfKey {
  readonly algorithm: EncryptionAlgorithm | undefined;
  readonly spec: string | undefined;
}

function keyComponent(material: KeyMaterialReport, report: Report, { algorithm, spec }: KindOfKey): object {
  const { keyArn, keyMaterialId, before, after, state, rotatedAt } = material;
  const isPair = algorithm !== undefined && algorithm !== 'SYMMETRIC_DEFAULT';
  const at = report.stores.flatMap(({ store, keyMaterials }) =>
    keyMaterials
      .filter(one => isSame(one, material))
      .map(one => property(`data-keys-after:${store}`, one.after)),
  );
  return {
    type: 'cryptographic-asset',
    'bom-ref': refOf(material),
    name: keyArn,
    cryptoProperties: {
      assetType: 'related-crypto-material',
      relatedCryptoMaterialProperties: {
        type: isPair ? 'private-key' : 'secret-key',
        ...(keyMaterialId !== null && { id: keyMaterialId }),
        ...(state === 'CURRENT' && { state: 'active' }),
        // Its ciphertexts can be opened, and it makes no new ones.
        ...(state === 'NON_CURRENT' && { state: 'deactivated' }),
        ...(algorithm !== undefined && { algorithmRef: algorithm }),
        ...(rotatedAt !== undefined && { activationDate: rotatedAt }),
      },
    },
    properties: [
      ...(spec === undefined ? [] : [property('key-spec', spec)]),
      property('data-keys-before', before),
      property('data-keys-after', after),
      ...at,
      ...(state === undefined ? [] : [property('material-state', state)]),
    ],
  };
}

function refOf({ keyArn, keyMaterialId, encryptionAlgorithm }: KeyMaterialCount): string {
  // A key with two algorithms is two components, each with a name of its own.
  const under = encryptionAlgorithm === undefined ? keyArn : `${keyArn}#${encryptionAlgorithm}`;
  return keyMaterialId === null ? under : `${keyArn}#${keyMaterialId}`;
}

function isSame(one: KeyMaterialCount, other: KeyMaterialCount): boolean {
  return materialId(one) === materialId(other);
}

function property(name: string, value: string | number): object {
  return { name: `kms-rewrap:${name}`, value: String(value) };
}
