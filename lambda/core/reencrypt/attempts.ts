import type { DataKey } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import { isAsymmetric, type EncryptionAlgorithm, type PlannedKey } from '../model/key-use.ts';
import type { RequestSide } from '../ports.ts';

/** One key, algorithm and context that a data key may be under. */
export interface Attempt extends RequestSide {
  /** `destination`: the data key would be where it shall be, as far as key and context go. */
  readonly side: 'source' | 'destination';
}

interface Candidate {
  readonly key: PlannedKey;
  readonly side: Attempt['side'];
}

/**
 * The order in which the keys of the allow-list are tried: the key that the record names, then the one that the
 * last data key was under, then the rest. One call is the rule, in first and in second runs alike.
 */
export class Attempts {
  readonly #candidates: readonly Candidate[];
  #last = '';

  /** Sources in the job's order, then the destination. */
  constructor(sources: readonly PlannedKey[], destination: PlannedKey) {
    this.#candidates = [
      ...sources.map(key => ({ key, side: 'source' as const })),
      { key: destination, side: 'destination' as const },
    ];
  }

  /** What is worth asking about this data key. An RSA key makes ciphertexts of one length: others are not asked. */
  for(dataKey: DataKey): readonly Attempt[] {
    const { ciphertext, recordedKeyArn } = dataKey;
    const attempts = this.#candidates
      .filter(({ key }) => key.ciphertextBytes === undefined || key.ciphertextBytes === ciphertext.length)
      .map(({ key, side }) => ({
        attempt: attemptOf(key, side, dataKey),
        recorded: isNamed(key, recordedKeyArn),
      }));
    const likeliest = attempts
      .map(one => ({ ...one, rank: (one.recorded ? 0 : 2) + (identity(one.attempt) === this.#last ? 0 : 1) }))
      .sort((a, b) => a.rank - b.rank);
    return withoutTwins(likeliest.map(({ attempt }) => attempt));
  }

  remember(attempt: Attempt): void {
    this.#last = identity(attempt);
  }
}

function attemptOf(key: PlannedKey, side: Attempt['side'], dataKey: DataKey): Attempt {
  const context = side === 'source' ? dataKey.encryptionContext : destinationContext(dataKey);
  const { recordedAlgorithm } = dataKey;
  const recorded =
    recordedAlgorithm !== undefined &&
    isAsymmetric(key) &&
    isAsymmetric({ encryptionAlgorithm: recordedAlgorithm });
  return {
    side,
    ...sideOf(key, context),
    ...(recorded && { encryptionAlgorithm: recordedAlgorithm }),
  };
}

/** A key with a context, which asymmetric keys do not take. */
export function sideOf(
  key: { readonly keyArn: string; readonly encryptionAlgorithm: EncryptionAlgorithm },
  context: EncryptionContext,
): RequestSide {
  const { keyArn, encryptionAlgorithm } = key;
  return { keyArn, encryptionAlgorithm, context: isAsymmetric(key) ? {} : context };
}

export function destinationContext({
  encryptionContext,
  destinationContext: own,
}: Pick<DataKey, 'encryptionContext' | 'destinationContext'>): EncryptionContext {
  return own ?? encryptionContext;
}

/** A record may name a key by ARN, by the job's alias, or by its id. */
function isNamed({ keyArn, alsoKnownAs }: PlannedKey, recorded: string | undefined): boolean {
  if (recorded === undefined) return false;
  return keyArn === recorded || alsoKnownAs.includes(recorded) || keyArn.endsWith(`:key/${recorded}`);
}

/** Same request, whichever side it is for; the context's values may differ from record to record. */
function identity({ keyArn, encryptionAlgorithm, side }: Attempt): string {
  return `${keyArn} ${encryptionAlgorithm} ${side}`;
}

/** Where source and destination are one request, it is the destination's: what it finds is where it shall be. */
function withoutTwins(attempts: readonly Attempt[]): readonly Attempt[] {
  const request = ({ keyArn, encryptionAlgorithm, context }: Attempt): string =>
    `${keyArn} ${encryptionAlgorithm} ${canonicalContext(context)}`;
  const unique = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const known = unique.get(request(attempt));
    if (known === undefined || attempt.side === 'destination') unique.set(request(attempt), attempt);
  }
  return [...unique.values()];
}
