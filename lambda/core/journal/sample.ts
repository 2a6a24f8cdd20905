import { ASKED_ONE_IN, type DataKeyProof } from '../model/data-key-proof.ts';
import type { KeyMaterial } from '../model/data-key.ts';
import { mustTellMaterial, type MovedKeys } from '../reencrypt/key-material.ts';

/** How long an answer says that the key works and which of its materials is the current one. */
const ANSWER_LASTS_MS = 60_000;

/** What KMS said about a data key that the journal proves. */
export type SampleAnswer =
  | { readonly kind: 'opened'; readonly source: KeyMaterial; readonly destination: KeyMaterial }
  /** KMS does not open it so. */
  | { readonly kind: 'contradicts' }
  /** KMS did not say. */
  | { readonly kind: 'unknown' };

export interface SampleOptions {
  readonly keys: MovedKeys;
  /** A number from 0 to 1, below 1. */
  readonly random: () => number;
  readonly clock: { now(): number };
  /** The journal was contradicted before, so nothing rests on it. */
  readonly contradicted: boolean;
}

/**
 * The journal knows what KMS has said. It cannot know whether the destination key still works, which of its materials is the
 * current one, or whether the journal itself is as it was written. So the first data key of an invocation that the journal
 * proves, at least one in a minute, and a random one in a hundred are asked in full, before anything rests on the journal.
 */
export class Sample {
  readonly #options: SampleOptions;
  #contradicted: boolean;
  /** The destination's key material as KMS last named it; absent while it is not known. */
  #current: KeyMaterial | undefined;
  #answeredAt = 0;
  /** What KMS has named as the current material since the page began. */
  readonly #named = new Set<string | undefined>();

  constructor(options: SampleOptions) {
    this.#options = options;
    this.#contradicted = options.contradicted;
  }

  /** Those of the proven data keys of a page that are asked about all the same. */
  choose<One>(proven: readonly One[]): ReadonlySet<One> {
    const { random, clock } = this.#options;
    this.#named.clear();
    if (this.#contradicted) return new Set();
    if (clock.now() - this.#answeredAt > ANSWER_LASTS_MS) this.#current = undefined;
    const known = this.#current !== undefined;
    return new Set(proven.filter((_, at) => random() < 1 / ASKED_ONE_IN || (at === 0 && !known)));
  }

  /** Returns whether KMS contradicts the journal. */
  hear(proof: DataKeyProof, answer: SampleAnswer): boolean {
    const agrees = answer.kind === 'opened' && isSameMaterial(answer.source, proof);
    if (agrees) {
      this.#current = answer.destination;
      this.#answeredAt = this.#options.clock.now();
    }
    const contradicts = !agrees && answer.kind !== 'unknown';
    this.#contradicted ||= contradicts;
    return contradicts;
  }

  /** Any answer shows which material is the current one. While it changes, nothing rests on the journal. */
  notice({ keyMaterialId }: KeyMaterial): void {
    this.#named.add(keyMaterialId);
    if (this.#named.size > 1) this.#current = undefined;
  }

  /** Whether a proof still counts: KMS has just named that same material as the current one. */
  holds({ keyArn, keyMaterialId }: DataKeyProof): boolean {
    const current = this.#current;
    if (this.#contradicted || current === undefined) return false;
    if (keyMaterialId === undefined && mustTellMaterial(this.#options.keys)) return false;
    const named = [...this.#named, current.keyMaterialId];
    return current.keyArn === keyArn && named.every(id => id === keyMaterialId);
  }
}

/** An answer that names no key material, as Encrypt's and those of some endpoints, contradicts none that does. */
function isSameMaterial(a: KeyMaterial, b: KeyMaterial): boolean {
  const named = [a, b].flatMap(({ keyMaterialId }) => keyMaterialId ?? []);
  return a.keyArn === b.keyArn && new Set(named).size < 2;
}
