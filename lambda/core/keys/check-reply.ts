import { MAX_CIPHERTEXT_BYTES } from '../model/data-key.ts';
import { PremiseBroken } from '../model/errors.ts';
import type { ReEncryptAnswer, ReEncryptRequest } from '../ports.ts';

export type Reply = Extract<ReEncryptAnswer, { kind: 're-encrypted' }>;

/** KMS binds no context to what an asymmetric key encrypts. */
export function isContextBound({ destinationAlgorithm }: Reply): boolean {
  return destinationAlgorithm === 'SYMMETRIC_DEFAULT';
}

/** Rejects a reply that does not match its request: the ciphertext in it would replace the only copy of a data key. */
export function checkReply({ source, destination }: ReEncryptRequest, reply: Reply): void {
  const requests = reply.requestIds.join(', ');
  const expected: readonly (readonly [string, string, string])[] = [
    ['SourceKeyId', reply.source.keyArn, source.keyArn],
    ['KeyId', reply.destination.keyArn, destination.keyArn],
    ['SourceEncryptionAlgorithm', reply.sourceAlgorithm, source.encryptionAlgorithm],
    ['DestinationEncryptionAlgorithm', reply.destinationAlgorithm, destination.encryptionAlgorithm],
  ];
  for (const [field, actual, asked] of expected) {
    if (actual !== asked) {
      throw new PremiseBroken(
        'reencrypt.otherKey',
        `ReEncrypt answered ${field} ${actual} where ${asked} was asked for (request ${requests}); nothing was written`,
      );
    }
  }
  const size = reply.ciphertext.length;
  if (size === 0 || size > MAX_CIPHERTEXT_BYTES) {
    throw new PremiseBroken(
      'reencrypt.badCiphertext',
      `ReEncrypt answered a ciphertext of ${size} bytes (request ${requests}); KMS makes 1 to ${MAX_CIPHERTEXT_BYTES}`,
    );
  }
}
