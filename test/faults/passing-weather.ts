import { createHash } from 'node:crypto';
import type { Injection } from '../../emulator/faults.ts';
import type { Random } from './random.ts';
import type { Departure } from './wire.ts';

/** What AWS refuses only for a while, or only for some records: no run may end because of it. */
export interface PassingTroubles {
  /** Probability that AWS does not accept a call's signature, token or time. */
  readonly unrecognised: number;
  /** A period in which this happens to all calls: the token has expired, or the clock is wrong. */
  readonly unrecognisedFrom: { readonly atMs: number; readonly ms: number } | undefined;
  /** Share of the ciphertexts for which KMS answers differently than for others under the same keys. */
  readonly denied: number;
  /** The tenant whose encryption context a key policy denies. */
  readonly deniedTenant: string | undefined;
}

export function passingTroublesOf(random: Random): PassingTroubles {
  return {
    unrecognised: random.pick([0, 0.005, 0.03]),
    unrecognisedFrom: random.pick([
      undefined,
      { atMs: random.between(500, 5_000), ms: random.between(500, 8_000) },
    ]),
    denied: random.pick([0, 0, 0.15]),
    deniedTenant: random.pick([undefined, undefined, undefined, 'acme']),
  };
}

/** The names that the services use: the API references' common errors, and the error responses of S3. */
const UNRECOGNISED = {
  api: [
    'InvalidSignatureException',
    'ExpiredTokenException',
    'RequestExpired',
    'RequestTimeTooSkewed',
    'UnrecognizedClientException',
  ],
  s3: ['SignatureDoesNotMatch', 'ExpiredToken', 'RequestTimeTooSkewed', 'InvalidToken'],
} as const;
const OF_A_CIPHERTEXT = ['AccessDeniedException', 'NotFoundException', 'DisabledException'] as const;

/** A refusal that does not concern the run as a whole, if this call gets one. `sinceMs`: since the bad weather began. */
export function passingInjection(
  { service, operation, body }: Pick<Departure, 'service' | 'operation' | 'body'>,
  troubles: PassingTroubles,
  { random, sinceMs }: { readonly random: Random; readonly sinceMs: number },
): Injection | undefined {
  const { unrecognised, unrecognisedFrom: from } = troubles;
  const allAre = from !== undefined && sinceMs >= from.atMs && sinceMs < from.atMs + from.ms;
  if (allAre || (unrecognised > 0 && random.chance(unrecognised))) {
    const error = random.pick(service === 's3' ? UNRECOGNISED.s3 : UNRECOGNISED.api);
    return { kind: 'error', error, status: error === 'ExpiredToken' || error === 'InvalidToken' ? 400 : 403 };
  }
  if (operation !== 'ReEncrypt') return undefined;
  const { CiphertextBlob, SourceEncryptionContext } = JSON.parse(body.toString()) as {
    readonly CiphertextBlob?: string;
    readonly SourceEncryptionContext?: { readonly tenant?: string };
  };
  if (troubles.deniedTenant !== undefined && SourceEncryptionContext?.tenant === troubles.deniedTenant)
    return { kind: 'error', error: 'AccessDeniedException', message: 'denied by a key policy' };
  return ofCiphertext(CiphertextBlob, troubles.denied);
}

/** The same ciphertext always gets the same result. */
function ofCiphertext(blob: string | undefined, share: number): Injection | undefined {
  if (blob === undefined || share === 0) return undefined;
  const digest = createHash('sha256').update(blob).digest();
  if ((digest[0] ?? 0) >= share * 256) return undefined;
  const error = OF_A_CIPHERTEXT[(digest[1] ?? 0) % OF_A_CIPHERTEXT.length] ?? 'AccessDeniedException';
  return { kind: 'error', error, message: 'arn:aws:kms:us-east-1:999999999999:key/elsewhere' };
}

const NAMES: readonly string[] = [...UNRECOGNISED.api, ...UNRECOGNISED.s3, ...OF_A_CIPHERTEXT.slice(0, 2)];

/** Whether a run ended for good because of a refusal that did not concern it as a whole. */
export function stoppedByPassing(words: string): boolean {
  return /^(PremiseBroken|RunRefused)/.test(words) && NAMES.some(name => words.includes(name));
}
