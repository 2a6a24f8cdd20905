import { sign, verify } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { blob, flag, oneOf, text } from './members.ts';
import { needUsable } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

/** Those of the one key spec that signs here. */
export const SIGNING_ALGORITHMS = ['ECDSA_SHA_256'] as const;

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
  const algorithm = text(input, 'SigningAlgorithm');
  const { pair } = key.ring;
  if (pair === undefined || !SIGNING_ALGORITHMS.some(known => known === algorithm))
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`,
    );
  if (type === 'DIGEST' && message.length !== 32)
    throw validationError('Digest is invalid length for algorithm ECDSA_SHA_256.');
  if (type !== 'RAW')
    throw new AwsError(
      'UnsupportedOperationException',
      `the embedded AWS signs no message of the type ${type}`,
    );
  return { message, algorithm, pair };
}

function dryRun(input: Input): void {
  if (flag(input, 'DryRun'))
    throw new AwsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
}
