import type { DataKey } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import { isAsymmetric, names, type EncryptionAlgorithm, type PlannedKey } from '../model/key-use.ts';
import type { RequestSide } from '../ports.ts';
import type { MovedKeys } from './key-material.ts';

/** One key, algorithm and context that a data key may be under. */
export interface Attempt extends RequestSide {
  /** `destination`: if this opens it, its key and context are already the wanted ones. */
  readonly side: 'source' | 'destination';
  /** The context that it will be under after the move. */
  readonly shall: EncryptionContext;
  /** Which of the job's contexts this is one of. */
  readonly template: number;
}

interface Candidate {
  readonly key: PlannedKey;
  readonly side: Attempt['side'];
}

/**
 * The order in which the keys of the allow-list are tried: first the key that the record names, then the key and context
 * of the previous data key, then the rest. Usually one call is enough, in first and in second runs.
 */
export class Attempts {
  /** Source keys that KMS would refuse to use, so it cannot be asked whether a data key is under one of them. */
  readonly unusable: readonly PlannedKey[];
  readonly keys: MovedKeys;
  readonly #candidates: readonly Candidate[];
  #last = '';

  /** Sources in the job's order, then the destination. */
  constructor(sources: readonly PlannedKey[], destination: PlannedKey) {
    this.keys = { sources, destination };
    this.unusable = sources.filter(({ unusable }) => unusable !== undefined);
    this.#candidates = [
      ...sources
        .filter(({ unusable }) => unusable === undefined)
        .map(key => ({ key, side: 'source' as const })),
      { key: destination, side: 'destination' as const },
    ];
  }

  /** The requests worth making for this data key. An RSA key makes ciphertexts of one length only, so it is not asked about others. */
  for(dataKey: DataKey): readonly Attempt[] {
    const { ciphertext, recordedKeyArn } = dataKey;
    // With the recorded key as the last time, with that key otherwise, as the last time, otherwise.
    const byRank: readonly Attempt[][] = [[], [], [], []];
    for (const { key, side } of this.#candidates) {
      if (key.ciphertextBytes !== undefined && key.ciphertextBytes !== ciphertext.length) continue;
      const recorded = recordedKeyArn !== undefined && names(key, recordedKeyArn);
      for (const attempt of attemptsWith(key, side, dataKey))
        byRank[(recorded ? 0 : 2) + (identity(attempt) === this.#last ? 0 : 1)]?.push(attempt);
    }
    return withoutTwins(byRank.flat());
  }

  remember(attempt: Attempt): void {
    this.#last = identity(attempt);
  }
}

/**
 * All contexts that a data key may be under with one key, the expected ones first. For the destination key, these are the
 * contexts that a reader builds from the record. Contexts of the other side are tried, too, because an application may have
 * changed the context before the key, or the key before the context.
 */
function attemptsWith(key: PlannedKey, side: Attempt['side'], dataKey: DataKey): readonly Attempt[] {
  const { contexts, readerContexts } = dataKey;
  const expected = side === 'source' ? contexts.map(({ source }) => source) : readerContexts;
  const others = side === 'source' ? readerContexts : contexts.map(({ source }) => source);
  const shall = contexts.map(({ destination }) => destination);
  const encryptionAlgorithm = algorithmOf(key, dataKey);
  const attempts = (of: readonly EncryptionContext[], as: Attempt['side']): readonly Attempt[] =>
    of.map((context, template) => ({
      side: as,
      template,
      shall: shall[template] ?? context,
      keyArn: key.keyArn,
      encryptionAlgorithm,
      context: isAsymmetric(key) ? {} : context,
    }));
  return [...attempts(expected, side), ...attempts(shall, 'source'), ...attempts(others, 'source')];
}

/** What the record says counts, where the key is of that kind. */
function algorithmOf(key: PlannedKey, { recordedAlgorithm: recorded }: DataKey): EncryptionAlgorithm {
  const fits = recorded !== undefined && isAsymmetric(key) && isAsymmetric({ encryptionAlgorithm: recorded });
  return fits ? recorded : key.encryptionAlgorithm;
}

/** A key with a context, which asymmetric keys do not take. */
export function sideOf(
  key: { readonly keyArn: string; readonly encryptionAlgorithm: EncryptionAlgorithm },
  context: EncryptionContext,
): RequestSide {
  const { keyArn, encryptionAlgorithm } = key;
  return { keyArn, encryptionAlgorithm, context: isAsymmetric(key) ? {} : context };
}

/** Same request, whichever side it is for; the context's values may differ from record to record. */
function identity({ keyArn, encryptionAlgorithm, side, template }: Attempt): string {
  return `${keyArn} ${encryptionAlgorithm} ${side} ${template}`;
}

/** If both sides produce the same request, keep the destination's: if it opens the data key, nothing is left to do. */
function withoutTwins(attempts: readonly Attempt[]): readonly Attempt[] {
  const unique = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const { keyArn, encryptionAlgorithm, context } = attempt;
    const request = `${keyArn} ${encryptionAlgorithm} ${canonicalContext(context)}`;
    const known = unique.get(request);
    if (known === undefined || (known.side === 'source' && attempt.side === 'destination'))
      unique.set(request, attempt);
  }
  return [...unique.values()];
}
