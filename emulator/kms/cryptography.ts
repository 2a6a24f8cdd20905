import { constants, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { nameIn, open, seal, type Context } from './ciphertext.ts';
import { currentMaterial, isSymmetric, namesMaterial, type Key, type KeyMaterial } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { numberWithin, oneOf } from './members.ts';
import { needUsage } from './usable.ts';

export const ALGORITHMS = ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'] as const;

export interface Decrypting {
  readonly blob: Buffer;
  readonly context: Context;
  readonly algorithm: string;
  /** The key that the caller named, if any. */
  readonly named: Key | undefined;
  /** As errors name it. */
  readonly operation: string;
  /** Throws unless the caller may use the key, and its state lets anybody use it. */
  readonly use: (key: Key) => void;
}

export interface Decrypted {
  readonly key: Key;
  readonly plaintext: Buffer;
  readonly materialId?: string;
}

/**
 * Opens a ciphertext. If the caller names a key, a ciphertext of another key is an IncorrectKeyException. If not, it is
 * the ciphertext that tells which key the caller must be allowed to use. What a named key is for comes after that: AWS
 * says IncorrectKeyException even where the key could encrypt nothing.
 */
export function decrypt(store: KeyStore, request: Decrypting, context: OperationContext): Decrypted {
  if (request.named !== undefined) request.use(request.named);
  return request.algorithm === 'SYMMETRIC_DEFAULT'
    ? decryptSymmetric(store, request, context)
    : decryptRsa(request);
}

function decryptSymmetric(
  store: KeyStore,
  { blob, context, named, use }: Decrypting,
  { region }: OperationContext,
): Decrypted {
  const name = nameIn(blob);
  const made = name === undefined ? undefined : store.materialNamed(name);
  if (made === undefined) throw new AwsError('InvalidCiphertextException', '');
  if (named !== undefined && named.ring !== made.ring) {
    const looksAtKey =
      store.checksFirst === 'key' ||
      (store.checksFirst === 'context' && open(made.material, blob, context) !== undefined);
    if (!looksAtKey) throw new AwsError('InvalidCiphertextException', '');
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const key = named ?? store.memberIn(made.ring, region);
  if (key === undefined) {
    throw new AwsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    );
  }
  if (named === undefined) use(key);
  const plaintext = open(made.material, blob, context);
  if (plaintext === undefined) throw new AwsError('InvalidCiphertextException', '');
  return { key, plaintext, ...(namesMaterial(key) && { materialId: made.material.id }) };
}

function decryptRsa({ blob, algorithm, named, context, operation }: Decrypting): Decrypted {
  if (named !== undefined) needUsage(named, operation);
  checkAlgorithm(named, algorithm, context);
  if (named?.ring.pair === undefined)
    throw validationError('SourceKeyId or KeyId is required for asymmetric keys');
  try {
    return {
      key: named,
      plaintext: privateDecrypt({ key: named.ring.pair.privateKey, ...oaep(algorithm) }, blob),
    };
  } catch {
    throw new AwsError('InvalidCiphertextException', '');
  }
}

export interface Encrypting {
  readonly key: Key;
  readonly plaintext: Buffer;
  readonly context: Context;
  readonly algorithm: string;
}

export function encrypt({ key, plaintext, context, algorithm }: Encrypting): {
  readonly blob: Buffer;
  readonly material?: KeyMaterial;
} {
  checkAlgorithm(key, algorithm, context);
  if (isSymmetric(key))
    return {
      blob: seal(currentMaterial(key), plaintext, context),
      ...(namesMaterial(key) && { material: currentMaterial(key) }),
    };
  if (key.ring.pair === undefined)
    throw new AwsError('InvalidKeyUsageException', `${key.arn} cannot encrypt`);
  try {
    return { blob: publicEncrypt({ key: key.ring.pair.publicKey, ...oaep(algorithm) }, plaintext) };
  } catch {
    const modulusBytes = (key.ring.pair.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
    const most = modulusBytes - 2 * (algorithm === 'RSAES_OAEP_SHA_1' ? 20 : 32) - 2;
    throw validationError(
      `Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${most} bytes.`,
    );
  }
}

function checkAlgorithm(key: Key | undefined, algorithm: string, context: Context): void {
  const symmetric = key === undefined || isSymmetric(key);
  if (symmetric !== (algorithm === 'SYMMETRIC_DEFAULT')) {
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec ${key?.spec ?? 'SYMMETRIC_DEFAULT'}.`,
    );
  }
  if (!symmetric && Object.keys(context).length > 0)
    throw validationError('EncryptionContext is not supported for asymmetric keys.');
}

function oaep(algorithm: string): { padding: number; oaepHash: string } {
  if (algorithm === 'SM2PKE')
    throw new AwsError('UnsupportedOperationException', 'SM2 keys exist in China Regions only');
  return {
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256',
  };
}

const BYTES = { from: 1, to: 1024 };

export function someBytes(input: Readonly<Record<string, unknown>>): Buffer {
  const size = numberWithin(input, 'NumberOfBytes', BYTES);
  if (size === undefined) throw validationError('NumberOfBytes is required.');
  return randomBytes(size);
}

export function dataKeyBytes(input: Readonly<Record<string, unknown>>): Buffer {
  const { KeySpec, NumberOfBytes } = input;
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw validationError('Please specify either number of bytes or key spec.');
  const size = numberWithin(input, 'NumberOfBytes', BYTES);
  return randomBytes(size ?? (oneOf(input, 'KeySpec', ['AES_256', 'AES_128'], '') === 'AES_256' ? 32 : 16));
}
