import { MAX_CIPHERTEXT_BYTES } from '../model/data-key.ts';
import { PremiseBroken } from '../model/errors.ts';
import type { ReEncryptRequest } from '../ports.ts';
import type { Reply } from './reencrypt-page.ts';

/** Believes no reply that is not about the keys that were asked for: it would replace the only copy of a data key. */
export function checkReply(request: ReEncryptRequest, reply: Reply): void {
  const expected: readonly (readonly [string, string, string])[] = [
    ['SourceKeyId', reply.source.keyArn, request.sourceKeyArn],
    ['KeyId', reply.destination.keyArn, request.destinationKeyArn],
  ];
  for (const [field, actual, asked] of expected) {
    if (actual !== asked) {
      throw new PremiseBroken(
        'reencrypt.otherKey',
        `ReEncrypt answered ${field} ${actual} where ${asked} was asked for (request ${reply.requestId}); nothing was written`,
      );
    }
  }
  const size = reply.ciphertext.length;
  if (size === 0 || size > MAX_CIPHERTEXT_BYTES) {
    throw new PremiseBroken(
      'reencrypt.badCiphertext',
      `ReEncrypt answered a ciphertext of ${size} bytes (request ${reply.requestId}); KMS makes 1 to ${MAX_CIPHERTEXT_BYTES}`,
    );
  }
}
