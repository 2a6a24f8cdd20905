import { constants, generateKeyPairSync, privateDecrypt, randomBytes, type KeyObject } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import { setImportState } from './imported-material.ts';
import { newKeyMaterial, type Key, type KeyMaterial } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { blob, oneOf, text } from './members.ts';

type Input = Readonly<Record<string, unknown>>;

const DAY_MS = 24 * 3600 * 1000;
const WRAPPING_BITS: Readonly<Record<string, number>> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
const MAX_VALID_DAYS = 365;

/** A wrapping key handed out by GetParametersForImport, by its token. */
interface Wrapping {
  readonly keyArn: string;
  readonly privateKey: KeyObject;
  readonly hash: string;
  readonly validTo: number;
}

/** Key material that comes from outside: symmetric keys of a single Region with the origin EXTERNAL. */
export function importOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  const wrappings = new Map<string, Wrapping>();
  return {
    GetParametersForImport: (input, at) => {
      const key = needExternal(store.resolve(input['KeyId'], at));
      const hash =
        oneOf(input, 'WrappingAlgorithm', ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'], '') ===
        'RSAES_OAEP_SHA_1'
          ? 'sha1'
          : 'sha256';
      const spec = oneOf(input, 'WrappingKeySpec', Object.keys(WRAPPING_BITS), '');
      const pair = generateKeyPairSync('rsa', { modulusLength: WRAPPING_BITS[spec] ?? 2048 });
      const token = randomBytes(64).toString('base64');
      const validTo = store.now() + DAY_MS;
      wrappings.set(token, { keyArn: key.arn, privateKey: pair.privateKey, hash, validTo });
      return {
        KeyId: key.arn,
        ImportToken: token,
        PublicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        ParametersValidTo: validTo / 1000,
      };
    },
    ImportKeyMaterial: (input, at) => {
      const key = needExternal(store.resolve(input['KeyId'], at));
      const secret = unwrap(wrappings.get(text(input, 'ImportToken')), key, { input, now: store.now() });
      const material = importMaterial(store, key, { secret, input });
      return { KeyId: key.arn, KeyMaterialId: material.id };
    },
    DeleteImportedKeyMaterial: (input, at) => {
      const key = needExternal(store.resolve(input['KeyId'], at));
      const id = input['KeyMaterialId'];
      const material = key.ring.materials.find(one => id === undefined || one.id === id);
      if (material?.imported === undefined)
        throw new AwsError('NotFoundException', `Key material ${String(id)} of ${key.arn} is not found.`);
      material.imported.present = false;
      setImportState(key);
      return { KeyId: key.arn, KeyMaterialId: material.id };
    },
  };
}

function needExternal(key: Key): Key {
  if (key.origin !== 'EXTERNAL')
    throw new AwsError(
      'UnsupportedOperationException',
      `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
    );
  return key;
}

function unwrap(
  wrapping: Wrapping | undefined,
  key: Key,
  { input, now }: { readonly input: Input; readonly now: number },
): Buffer {
  if (wrapping?.keyArn !== key.arn) throw new AwsError('InvalidImportTokenException', '');
  if (wrapping.validTo <= now) throw new AwsError('ExpiredImportTokenException', '');
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: wrapping.hash };
  try {
    const secret = privateDecrypt(
      { key: wrapping.privateKey, ...padding },
      blob(input, 'EncryptedKeyMaterial', 6144),
    );
    if (secret.length === 32) return secret;
  } catch {
    // The same error covers material that cannot be unwrapped and material that is not an AES-256 key.
  }
  throw new AwsError('InvalidCiphertextException', '');
}

/** The first material becomes current at once. New material waits for RotateKeyOnDemand. Known material is restored. */
function importMaterial(
  store: KeyStore,
  key: Key,
  { secret, input }: { readonly secret: Buffer; readonly input: Input },
): KeyMaterial {
  const type = oneOf(
    input,
    'ImportType',
    ['NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'],
    key.ring.materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL',
  );
  const known = key.ring.materials.find(one => one.secret.equals(secret));
  if (type === 'EXISTING_KEY_MATERIAL' && known === undefined)
    throw new AwsError('IncorrectKeyMaterialException', '');
  if (known === undefined) needNonePending(key, secret);
  const first = key.ring.materials.length === 0;
  const expires = expiry(input, store.now());
  const material = known ?? store.addMaterial(key, secret);
  material.imported = {
    present: true,
    pending: known?.imported?.pending ?? !first,
    ...expires,
    ...(typeof input['KeyMaterialDescription'] === 'string' && {
      description: input['KeyMaterialDescription'],
    }),
  };
  setImportState(key);
  return material;
}

/** One new material at a time waits for its rotation. */
function needNonePending({ arn, keyId, ring }: Key, secret: Buffer): void {
  const pending = ring.materials.find(({ imported }) => imported?.pending === true);
  if (pending !== undefined)
    throw new AwsError(
      'KMSInvalidStateException',
      `New key material (id: ${newKeyMaterial(keyId, 0, secret).id}) cannot be imported into KMS key ${arn}, because another key material (id: ${pending.id}) is pending rotation.`,
    );
}

function expiry(input: Input, now: number): { readonly validTo?: number } {
  const model = oneOf(
    input,
    'ExpirationModel',
    ['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'],
    'KEY_MATERIAL_EXPIRES',
  );
  const validTo = input['ValidTo'];
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') return {};
  if (validTo === undefined)
    throw validationError('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  if (typeof validTo !== 'number' || validTo * 1000 <= now || validTo * 1000 > now + MAX_VALID_DAYS * DAY_MS)
    throw validationError('ValidTo must be a time within the next 365 days.');
  return { validTo: validTo * 1000 };
}
