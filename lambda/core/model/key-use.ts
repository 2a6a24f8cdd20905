/** Those of asymmetric keys. SM2PKE exists in China Regions only. */
export const ASYMMETRIC_ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'] as const;

/** The algorithms that KMS encrypts data keys with (API reference, ReEncrypt). */
export const ENCRYPTION_ALGORITHMS = ['SYMMETRIC_DEFAULT', ...ASYMMETRIC_ALGORITHMS] as const;

export type EncryptionAlgorithm = (typeof ENCRYPTION_ALGORITHMS)[number];
export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** A key with the algorithm it is used with, as a job names it. */
export interface KeyUse {
  /** Key ARN or alias ARN. */
  readonly key: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

/** A key with everything that a worker must know of it, as Plan has resolved it. */
export interface PlannedKey {
  readonly keyArn: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** Other names under which records may name it: the job's alias ARN, the same multi-Region key elsewhere. */
  readonly alsoKnownAs: readonly string[];
  /** As KMS names it, such as RSA_2048. Absent where KMS did not tell it, and in plans of earlier versions. */
  readonly keySpec?: string;
  /** Length of everything that this key encrypts, where there is only one: the modulus of an RSA key. */
  readonly ciphertextBytes?: number;
  /** A symmetric key that never gets new key material: KMS does not rotate keys in custom key stores. */
  readonly oneMaterial?: true;
  /** Why KMS would refuse to use it, in words such as "is disabled". Modes that can do without the key run anyway. */
  readonly unusable?: string;
}

/** Whether a text in a record names this key: by its ARN, by a name that the job uses, by an alias, or by its id. */
export function names(
  { keyArn, alsoKnownAs }: Pick<PlannedKey, 'keyArn' | 'alsoKnownAs'>,
  recorded: string,
): boolean {
  return [keyArn, ...alsoKnownAs].some(
    name => name === recorded || name.endsWith(`:key/${recorded}`) || name.endsWith(`:${recorded}`),
  );
}

/** The same key, or the same multi-Region key in two Regions. */
export function isSameKey(one: string, other: string): boolean {
  const multiRegionId = (arn: string): string | undefined => /:key\/(mrk-.+)$/.exec(arn)?.[1];
  return one === other || (multiRegionId(one) !== undefined && multiRegionId(one) === multiRegionId(other));
}

/** Asymmetric keys take no encryption context, and have no key material ids. */
export function isAsymmetric({
  encryptionAlgorithm,
}: {
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}): boolean {
  return encryptionAlgorithm !== 'SYMMETRIC_DEFAULT';
}

/** What a ciphertext is under, as it stands beside the key: nothing for a symmetric key. */
export function algorithmBeside(encryptionAlgorithm: string | undefined): {
  readonly encryptionAlgorithm?: AsymmetricAlgorithm;
} {
  const found = ASYMMETRIC_ALGORITHMS.find(one => one === encryptionAlgorithm);
  return found === undefined ? {} : { encryptionAlgorithm: found };
}

export function isEncryptionAlgorithm(text: string): text is EncryptionAlgorithm {
  return (ENCRYPTION_ALGORITHMS as readonly string[]).includes(text);
}

export const RSA_KEY_SPECS = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
const MODULUS_BYTES: Readonly<Record<string, number>> = { RSA_2048: 256, RSA_3072: 384, RSA_4096: 512 };
const HASH_BYTES: Partial<Record<EncryptionAlgorithm, number>> = {
  RSAES_OAEP_SHA_1: 20,
  RSAES_OAEP_SHA_256: 32,
};

/** Bytes of everything that a key of this spec encrypts; `undefined` where they vary. */
export function ciphertextBytes(keySpec: string): number | undefined {
  return MODULUS_BYTES[keySpec];
}

/**
 * The longest data key that a key can hold: k - 2 hLen - 2 bytes for OAEP (RFC 8017, 7.1.1), so 190 bytes for RSA_2048
 * with SHA-256; `undefined` for symmetric keys, which hold whatever KMS gave out.
 */
export function longestDataKey(
  keySpec: string,
  encryptionAlgorithm: EncryptionAlgorithm,
): number | undefined {
  const [modulus, hash] = [MODULUS_BYTES[keySpec], HASH_BYTES[encryptionAlgorithm]];
  return modulus === undefined || hash === undefined ? undefined : modulus - 2 * hash - 2;
}
