import { validationError } from '../protocol/aws-error.ts';
import type { Operation, OperationContext } from '../protocol/json-protocol.ts';
import type { Grants } from './grants.ts';
import { ALGORITHMS, decrypt, encrypt, someBytes, type Decrypted } from './cryptography.ts';
import { generateDataKey, generateDataKeyPair, usable } from './data-keys.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import type { LastUsages } from './last-usage.ts';
import { requestAlias, type KeyPermissions } from './permissions.ts';
import { blob, context, flag, grantTokens, needNone, oneOf } from './members.ts';
import { onSameKey } from './same-key.ts';
import { dryRun, needEnabled, needUsage } from './usable.ts';

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
        useOfNamed(doors, input, { members: DECRYPT, at });
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
    GenerateRandom: input => ({ Plaintext: someBytes(input).toString('base64') }),
  };
}

type Input = Readonly<Record<string, unknown>>;

interface DecryptMembers {
  readonly key: string;
  readonly context: string;
  readonly algorithm: string;
  /** The action that IAM knows. */
  readonly action: string;
  /** As errors name it. */
  readonly operation: string;
}

const DECRYPT: DecryptMembers = {
  key: 'KeyId',
  context: 'EncryptionContext',
  algorithm: 'EncryptionAlgorithm',
  action: 'Decrypt',
  operation: 'Decrypt',
};
const REENCRYPT_FROM: DecryptMembers = {
  key: 'SourceKeyId',
  context: 'SourceEncryptionContext',
  algorithm: 'SourceEncryptionAlgorithm',
  action: 'ReEncryptFrom',
  operation: 'ReEncrypt',
};
const REENCRYPT_TO: DecryptMembers = {
  key: 'DestinationKeyId',
  context: 'DestinationEncryptionContext',
  algorithm: 'DestinationEncryptionAlgorithm',
  action: 'ReEncryptTo',
  operation: 'ReEncrypt',
};

type Doors = Pick<Crypto, 'store' | 'permissions'>;

/** Whether the caller may use a key comes first, so that nobody learns the state of a key that is not theirs. */
function useOf(
  { permissions, store }: Doors,
  input: Input,
  { members, at }: { readonly members: DecryptMembers; readonly at: OperationContext },
): (key: Key) => void {
  const { action: operation } = members;
  const encryptionContext = context(input, members.context);
  return key => {
    const conditions = {
      'kms:RequestAlias': requestAlias(input[members.key]),
      'kms:ReEncryptOnSameKey': onSameKey(store, input, { operation, key, at }),
    };
    permissions.need(key, { operation, encryptionContext, conditions }, at);
    needEnabled(key);
  };
}

/** Of a dry run that has no ciphertext. */
function useOfNamed(
  doors: Doors,
  input: Input,
  { members, at }: { readonly members: DecryptMembers; readonly at: OperationContext },
): void {
  if (input[members.key] === undefined)
    throw validationError(`${members.key} is required when DryRunModifiers contains IGNORE_CIPHERTEXT.`);
  const key = doors.store.resolve(input[members.key], at, members.key);
  useOf(doors, input, { members, at })(key);
  needUsage(key, members.operation);
}

function open(doors: Doors, input: Input, members: DecryptMembers, at: OperationContext): Decrypted {
  const { store } = doors;
  const named =
    input[members.key] === undefined ? undefined : store.resolve(input[members.key], at, members.key);
  const request = {
    blob: blob(input, 'CiphertextBlob', MAX_CIPHERTEXT),
    context: context(input, members.context),
    algorithm: oneOf(input, members.algorithm, ALGORITHMS, 'SYMMETRIC_DEFAULT'),
    named,
    operation: members.operation,
    use: useOf(doors, input, { members, at }),
  };
  return decrypt(store, request, at);
}

function reEncrypt(doors: Doors, input: Input, at: OperationContext): object {
  const { store } = doors;
  const destination = store.resolve(input['DestinationKeyId'], at, 'DestinationKeyId');
  useOf(doors, input, { members: REENCRYPT_TO, at })(destination);
  if (ignoresCiphertext(input)) {
    needUsage(destination, REENCRYPT_TO.operation);
    useOfNamed(doors, input, { members: REENCRYPT_FROM, at });
    dryRun(input);
  }
  const opened = open(doors, input, REENCRYPT_FROM, at);
  needUsage(destination, REENCRYPT_TO.operation);
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
