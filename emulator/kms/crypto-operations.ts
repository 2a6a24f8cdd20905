import { generateKeyPairSync } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation, OperationContext } from '../protocol/json-protocol.ts';
import type { Grants } from './grants.ts';
import { ALGORITHMS, dataKeyBytes, decrypt, encrypt, type Decrypted } from './cryptography.ts';
import { isSymmetric, type Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import type { LastUsages } from './last-usage.ts';
import { requestAlias, type KeyPermissions } from './permissions.ts';
import { blob, context, flag, grantTokens, needNone, oneOf } from './members.ts';
import { onSameKey } from './same-key.ts';
import { needUsable } from './usable.ts';

const MAX_PLAINTEXT = 4096;
const MAX_CIPHERTEXT = 6144;

export interface Crypto {
  readonly store: KeyStore;
  readonly grants: Grants;
  readonly usages: LastUsages;
  readonly permissions: KeyPermissions;
}

/** Cryptographic operations. Each documents itself in behaviour.md. */
export function cryptoOperations(crypto: Crypto): Readonly<Record<string, Operation>> {
  const { grants, usages } = crypto;
  const operations = withoutGrantTokens(crypto);
  const checked = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    usages.tracking(name, (input, at) => {
      grantTokens(input, token => grants.hasToken(token));
      needNone(input, ['Recipient', 'CustomKeyStoreId']);
      return operation(input, at);
    }),
  ]);
  return Object.fromEntries(checked);
}

function withoutGrantTokens({ store, permissions }: Crypto): Readonly<Record<string, Operation>> {
  const doors = { store, permissions };
  return {
    Encrypt: (input, at) => {
      const key = usable(store, input, 'Encrypt', at);
      const plaintext = blob(input, 'Plaintext', MAX_PLAINTEXT);
      const algorithm = oneOf(input, 'EncryptionAlgorithm', ALGORITHMS, 'SYMMETRIC_DEFAULT');
      const made = encrypt({ key, plaintext, context: context(input, 'EncryptionContext'), algorithm });
      dryRun(input);
      return { CiphertextBlob: made.blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: algorithm };
    },
    Decrypt: (input, at) => {
      if (ignoresCiphertext(input)) {
        if (input['KeyId'] === undefined)
          throw validationError('KeyId is required when DryRunModifiers contains IGNORE_CIPHERTEXT.');
        useOf(doors, input, { members: DECRYPT, at })(store.resolve(input['KeyId'], at));
        dryRun(input);
      }
      const opened = open(doors, input, DECRYPT, at);
      dryRun(input);
      return {
        KeyId: opened.key.arn,
        Plaintext: opened.plaintext.toString('base64'),
        EncryptionAlgorithm: input['EncryptionAlgorithm'] ?? 'SYMMETRIC_DEFAULT',
        KeyMaterialId: opened.materialId,
      };
    },
    ReEncrypt: (input, at) => reEncrypt(doors, input, at),
    GenerateDataKey: (input, at) => generateDataKey(store, input, at, true),
    GenerateDataKeyWithoutPlaintext: (input, at) => generateDataKey(store, input, at, false),
    GenerateDataKeyPair: (input, at) => generateDataKeyPair(store, input, at, true),
    GenerateDataKeyPairWithoutPlaintext: (input, at) => generateDataKeyPair(store, input, at, false),
    GenerateRandom: input => ({
      Plaintext: dataKeyBytes({ NumberOfBytes: input['NumberOfBytes'] }).toString('base64'),
    }),
  };
}

type Input = Readonly<Record<string, unknown>>;

interface DecryptMembers {
  readonly key: string;
  readonly context: string;
  readonly algorithm: string;
  readonly operation: string;
}

const DECRYPT: DecryptMembers = {
  key: 'KeyId',
  context: 'EncryptionContext',
  algorithm: 'EncryptionAlgorithm',
  operation: 'Decrypt',
};
const REENCRYPT_FROM: DecryptMembers = {
  key: 'SourceKeyId',
  context: 'SourceEncryptionContext',
  algorithm: 'SourceEncryptionAlgorithm',
  operation: 'ReEncryptFrom',
};
const REENCRYPT_TO: DecryptMembers = {
  key: 'DestinationKeyId',
  context: 'DestinationEncryptionContext',
  algorithm: 'DestinationEncryptionAlgorithm',
  operation: 'ReEncryptTo',
};

type Doors = Pick<Crypto, 'store' | 'permissions'>;

/** Whether the caller may use a key comes first, so that nobody learns the state of a key that is not theirs. */
function useOf(
  { permissions, store }: Doors,
  input: Input,
  { members, at }: { readonly members: DecryptMembers; readonly at: OperationContext },
): (key: Key) => void {
  const { operation } = members;
  const encryptionContext = context(input, members.context);
  return key => {
    const conditions = {
      'kms:RequestAlias': requestAlias(input[members.key]),
      'kms:ReEncryptOnSameKey': onSameKey(store, input, { operation, key, at }),
    };
    permissions.need(key, { operation, encryptionContext, conditions }, at);
    needUsable(key, operation);
  };
}

function open(doors: Doors, input: Input, members: DecryptMembers, at: OperationContext): Decrypted {
  const { store } = doors;
  const named = input[members.key] === undefined ? undefined : store.resolve(input[members.key], at);
  const request = {
    blob: blob(input, 'CiphertextBlob', MAX_CIPHERTEXT),
    context: context(input, members.context),
    algorithm: oneOf(input, members.algorithm, ALGORITHMS, 'SYMMETRIC_DEFAULT'),
    named,
    use: useOf(doors, input, { members, at }),
  };
  return decrypt(store, request, at);
}

function reEncrypt(doors: Doors, input: Input, at: OperationContext): object {
  const { store } = doors;
  const destination = store.resolve(input['DestinationKeyId'], at);
  useOf(doors, input, { members: REENCRYPT_TO, at })(destination);
  if (ignoresCiphertext(input)) {
    if (input['SourceKeyId'] === undefined)
      throw validationError('SourceKeyId is required when DryRunModifiers contains IGNORE_CIPHERTEXT.');
    useOf(doors, input, { members: REENCRYPT_FROM, at })(store.resolve(input['SourceKeyId'], at));
    dryRun(input);
  }
  const opened = open(doors, input, REENCRYPT_FROM, at);
  const algorithm = oneOf(input, 'DestinationEncryptionAlgorithm', ALGORITHMS, 'SYMMETRIC_DEFAULT');
  const made = encrypt({
    key: destination,
    plaintext: opened.plaintext,
    context: context(input, 'DestinationEncryptionContext'),
    algorithm,
  });
  dryRun(input);
  return {
    CiphertextBlob: made.blob.toString('base64'),
    SourceKeyId: opened.key.arn,
    KeyId: destination.arn,
    SourceEncryptionAlgorithm: input['SourceEncryptionAlgorithm'] ?? 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: algorithm,
    SourceKeyMaterialId: opened.materialId,
    DestinationKeyMaterialId: made.material?.id,
  };
}

function ignoresCiphertext(input: Input): boolean {
  const modifiers = input['DryRunModifiers'] ?? [];
  if (!Array.isArray(modifiers) || modifiers.some(modifier => modifier !== 'IGNORE_CIPHERTEXT')) {
    throw validationError(
      "1 validation error detected: Value at 'dryRunModifiers' failed to satisfy constraint: Member must satisfy enum value set: [IGNORE_CIPHERTEXT]",
    );
  }
  if (modifiers.length > 0 && !flag(input, 'DryRun'))
    throw validationError('DryRunModifiers requires DryRun.');
  return modifiers.length > 0;
}

function generateDataKey(
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

function generateDataKeyPair(
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

function usable(store: KeyStore, input: Input, operation: string, at: OperationContext): Key {
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

/** A dry run gets this far only if the call would have succeeded. It then fails with this error. */
function dryRun(input: Input): void {
  if (flag(input, 'DryRun'))
    throw new AwsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
}
