import type { Finding, KeyMaterial } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { RunPlan } from '../model/run.ts';
import type { KeyService, ReEncryptAnswer } from '../ports.ts';
import { destinationContext, sideOf } from '../reencrypt/attempts.ts';
import { checkReply } from '../reencrypt/check-reply.ts';
import { digest } from '../scan/digest.ts';
import { ciphertextOf } from './verdict.ts';

export type DestinationAnswer =
  | ReEncryptAnswer
  /** It opens under the destination key, but under the context that the job is to change. */
  | { readonly kind: 'other-context'; readonly source: KeyMaterial };

type Keys = Pick<RunPlan, 'sources' | 'destination'>;

/** Asks the destination key about a ciphertext, by re-encrypting it under that same key. */
export async function askDestination(
  finding: Finding,
  { sources, destination }: Keys,
  keys: KeyService,
): Promise<DestinationAnswer> {
  const ciphertext = ciphertextOf(finding) ?? new Uint8Array();
  if (cannotHaveMade(destination, ciphertext)) return { kind: 'incorrect-key' };
  const { shall, was } = contextsOf(finding);
  const asked = async (context: EncryptionContext): Promise<ReEncryptAnswer> => {
    const side = sideOf(destination, context);
    const request = { ciphertext, source: side, destination: side };
    const answer = await keys.reEncrypt(request);
    if (answer.kind === 're-encrypted') checkReply(request, answer);
    return answer;
  };
  const answer = await asked(shall);
  const changesContext =
    sources.some(({ keyArn }) => keyArn === destination.keyArn) &&
    canonicalContext(shall) !== canonicalContext(was);
  if (answer.kind !== 'invalid-ciphertext' || !changesContext) return answer;
  const before = await asked(was);
  return before.kind === 're-encrypted' ? { kind: 'other-context', source: before.source } : before;
}

export function askedAbout(finding: Finding): string {
  const { shall, was } = contextsOf(finding);
  return `${digest(ciphertextOf(finding) ?? new Uint8Array())} ${canonicalContext(shall)} ${canonicalContext(was)}`;
}

function cannotHaveMade({ ciphertextBytes }: PlannedKey, ciphertext: Uint8Array): boolean {
  return ciphertextBytes !== undefined && ciphertextBytes !== ciphertext.length;
}

/** Where only the context is missing, an empty one still tells whose ciphertext it is: KMS checks the key first. */
function contextsOf(finding: Finding): {
  readonly shall: EncryptionContext;
  readonly was: EncryptionContext;
} {
  if (finding.kind !== 'data-key') return { shall: {}, was: {} };
  return { shall: destinationContext(finding), was: finding.encryptionContext };
}
