import { validationError } from '../protocol/aws-error.ts';
import { oneOf } from './members.ts';

type Input = Readonly<Record<string, unknown>>;

interface Specs {
  readonly names: readonly string[];
  readonly usages: readonly string[];
}

/** KMS API reference, CreateKey: what keys of each spec may be for. The embedded AWS makes keys of only some of these. */
const SPECS: readonly Specs[] = [
  { names: ['SYMMETRIC_DEFAULT'], usages: ['ENCRYPT_DECRYPT'] },
  { names: ['RSA_2048', 'RSA_3072', 'RSA_4096'], usages: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'] },
  { names: ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'], usages: ['SIGN_VERIFY', 'KEY_AGREEMENT'] },
  { names: ['ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519'], usages: ['SIGN_VERIFY'] },
  { names: ['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'], usages: ['GENERATE_VERIFY_MAC'] },
  { names: ['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'], usages: ['SIGN_VERIFY'] },
  { names: ['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'], usages: ['ENCAPSULATE_DECAPSULATE'] },
  { names: ['SM2'], usages: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT'] },
];
const NAMES = SPECS.flatMap(({ names }) => names);
const USAGES = [...new Set(SPECS.flatMap(({ usages }) => usages))];

/** What CreateKey asks for. Only a symmetric key has a usage by default. */
export function specAndUsage(input: Input): { readonly spec: string; readonly usage: string } {
  const spec = oneOf(
    { KeySpec: input['KeySpec'] ?? input['CustomerMasterKeySpec'] },
    'KeySpec',
    NAMES,
    'SYMMETRIC_DEFAULT',
  );
  const usage = oneOf(input, 'KeyUsage', USAGES, 'ENCRYPT_DECRYPT');
  if (input['KeyUsage'] === undefined && spec !== 'SYMMETRIC_DEFAULT')
    throw validationError(
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
  if (!SPECS.some(({ names, usages }) => names.includes(spec) && usages.includes(usage)))
    throw validationError(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  return { spec, usage };
}
