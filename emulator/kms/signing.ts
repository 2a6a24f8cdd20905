import { sign, verify } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { blob, oneOf } from './members.ts';
import { dryRun, needUsable } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

const OF_CURVE = 'ECDSA_SHA_256';
const OF_RSA = ['PKCS1_V1_5', 'PSS'].flatMap(padding =>
  [256, 384, 512].map(bits => `RSASSA_${padding}_SHA_${bits}`),
);
/** KMS API reference, Sign. */
const ALGORITHMS = [
  ...[OF_CURVE, 'ECDSA_SHA_384', 'ECDSA_SHA_512', 'SM2DSA', 'ML_DSA_SHAKE_256'],
  ...['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
  ...OF_RSA,
];

/** What KMS signs with by a key of this spec. The embedded AWS has the one curve only. */
export function signingAlgorithms({ spec }: Key): readonly string[] {
  return spec === 'ECC_NIST_P256' ? [OF_CURVE] : OF_RSA;
}

const MAX_MESSAGE = 4096;
const MAX_SIGNATURE = 6144;

/** Sign and Verify. Signatures are those of KMS: DER, as ANSI X9.62-2005 and RFC 3279 have it. */
export function signingOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  return {
    Sign: (input, at) => {
      const key = store.resolve(input['KeyId'], at);
      const { message, algorithm, pair } = request(key, input, 'Sign');
      dryRun(input);
      const signature = sign('sha256', message, pair.privateKey).toString('base64');
      return { KeyId: key.arn, Signature: signature, SigningAlgorithm: algorithm };
    },
    Verify: (input, at) => {
      const key = store.resolve(input['KeyId'], at);
      const { message, algorithm, pair } = request(key, input, 'Verify');
      const signature = blob(input, 'Signature', MAX_SIGNATURE);
      if (!verify('sha256', message, pair.publicKey, signature))
        throw new AwsError('KMSInvalidSignatureException', '');
      dryRun(input);
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: algorithm };
    },
  };
}

interface SigningRequest {
  readonly message: Buffer;
  readonly algorithm: string;
  readonly pair: NonNullable<Key['ring']['pair']>;
}

function request(key: Key, input: Input, operation: string): SigningRequest {
  needUsable(key, operation);
  const message = blob(input, 'Message', MAX_MESSAGE);
  const type = oneOf(input, 'MessageType', ['RAW', 'DIGEST', 'EXTERNAL_MU'], 'RAW');
  const algorithm = oneOf(input, 'SigningAlgorithm', ALGORITHMS, '');
  const { pair } = key.ring;
  if (pair === undefined || !signingAlgorithms(key).includes(algorithm))
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`,
    );
  if (algorithm !== OF_CURVE)
    throw new AwsError('UnsupportedOperationException', `the embedded AWS does not sign by ${algorithm}`);
  if (type === 'DIGEST' && message.length !== 32)
    throw validationError('Digest is invalid length for algorithm ECDSA_SHA_256.');
  if (type !== 'RAW')
    throw new AwsError(
      'UnsupportedOperationException',
      `the embedded AWS signs no message of the type ${type}`,
    );
  return { message, algorithm, pair };
}
