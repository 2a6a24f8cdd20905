import { generateKeyPairSync } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { dataKeyBytes, encrypt } from './cryptography.ts';
import { isSymmetric, type Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { context, oneOf } from './members.ts';
import { dryRun, needUsable } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

export function generateDataKey(
  store: KeyStore,
  input: Input,
  at: OperationContext,
  withPlaintext: boolean,
): object {
  const key = usable(store, input, 'GenerateDataKey', at);
  needSymmetric(key);
  const plaintext = dataKeyBytes(input);
  const made = encrypt({
    key,
    plaintext,
    context: context(input, 'EncryptionContext'),
    algorithm: 'SYMMETRIC_DEFAULT',
  });
  dryRun(input);
  return {
    CiphertextBlob: made.blob.toString('base64'),
    KeyId: key.arn,
    KeyMaterialId: made.material?.id,
    ...(withPlaintext && { Plaintext: plaintext.toString('base64') }),
  };
}

const PAIR_BITS: Readonly<Record<string, number>> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
const PAIR_CURVES: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'P-256',
  ECC_NIST_P384: 'P-384',
  ECC_NIST_P521: 'P-521',
  ECC_SECG_P256K1: 'secp256k1',
};

export function generateDataKeyPair(
  store: KeyStore,
  input: Input,
  at: OperationContext,
  withPlaintext: boolean,
): object {
  const key = usable(store, input, 'GenerateDataKeyPair', at);
  needSymmetric(key);
  const spec = oneOf(input, 'KeyPairSpec', [...Object.keys(PAIR_BITS), ...Object.keys(PAIR_CURVES)], '');
  const bits = PAIR_BITS[spec];
  const pair =
    bits === undefined
      ? generateKeyPairSync('ec', { namedCurve: PAIR_CURVES[spec] ?? '' })
      : generateKeyPairSync('rsa', { modulusLength: bits });
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
  const made = encrypt({
    key,
    plaintext: privateKey,
    context: context(input, 'EncryptionContext'),
    algorithm: 'SYMMETRIC_DEFAULT',
  });
  dryRun(input);
  return {
    KeyId: key.arn,
    KeyPairSpec: spec,
    KeyMaterialId: made.material?.id,
    PublicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    PrivateKeyCiphertextBlob: made.blob.toString('base64'),
    ...(withPlaintext && { PrivateKeyPlaintext: privateKey.toString('base64') }),
  };
}

export function usable(store: KeyStore, input: Input, operation: string, at: OperationContext): Key {
  const key = store.resolve(input['KeyId'], at);
  needUsable(key, operation);
  return key;
}

function needSymmetric(key: Key): void {
  if (!isSymmetric(key))
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key spec is ${key.spec} which is not valid for data keys.`,
    );
}
