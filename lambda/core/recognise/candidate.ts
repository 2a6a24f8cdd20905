import type { LookAlikeForm } from '../look-alikes/signs.ts';
import type { GenericPlace, SeenEncoding } from './generic/generic-place.ts';

/** Something that was recognised in a record, before what all records show is put together. */
export type Candidate =
  | {
      /** A format with a layout of its own. */
      readonly kind: 'named';
      readonly what: string;
      readonly slot: string;
      readonly format: Readonly<Record<string, unknown>>;
      readonly dataKeys: number;
      readonly keyArns: readonly string[];
      /** The data key is that of another record, which has none itself. */
      readonly ofAnother?: true;
      /** What the operator has to decide because of what this record holds. */
      readonly questions?: readonly string[];
    }
  | GenericCandidate
  | {
      readonly kind: 'refused';
      readonly what: string;
      readonly slot: string;
      readonly reason: string;
      readonly keyArns: readonly string[];
    }
  | {
      /** As long as what an RSA key of this spec encrypts, beside the name of a KMS key: nothing else shows such a ciphertext, or a signature. */
      readonly kind: 'rsa-length';
      readonly slot: string;
      readonly keySpec: string;
      readonly keyArns: readonly string[];
    }
  | {
      /** It looks like a KMS ciphertext, and lies where no format reads it. */
      readonly kind: 'look-alike';
      readonly slot: string;
      readonly form: LookAlikeForm;
    };

/** What looks like a KMS ciphertext, at a place that a format without a layout of its own can be told. */
export interface GenericCandidate {
  readonly kind: 'generic';
  readonly slot: string;
  readonly place: GenericPlace;
  readonly dataKeys: 1;
  readonly encoding: SeenEncoding;
  /** All values of the list or map that it is in are ciphertexts. */
  readonly onlyOneKind: boolean;
  /** Names of values beside it that are ARNs of KMS keys. */
  readonly companions: readonly string[];
  /** A map of texts beside it whose name says that it is the encryption context. */
  readonly context?: StoredContext;
  readonly keyArns: readonly string[];
}

/** Where a record keeps an encryption context: the name of a map, and the names in it. */
export interface StoredContext {
  readonly name: string;
  readonly members: readonly string[];
}

/** Candidates, and the attributes that they account for. */
export interface Recognised {
  readonly candidates: readonly Candidate[];
  readonly claimed: ReadonlySet<string>;
}

export const NOTHING: Recognised = { candidates: [], claimed: new Set() };

export function one(candidate: Candidate, ...claimed: readonly string[]): Recognised {
  return { candidates: [candidate], claimed: new Set(claimed) };
}
