import type { DataKeyProof } from './data-key-proof.ts';
import type { KeyMaterial } from './data-key.ts';

/** Every data key visited has exactly one of these (docs/design.md, Outcomes). The order is that of the report. */
export const OUTCOME_KINDS = [
  'rewrapped',
  'to-rewrap',
  'already-current',
  'restored',
  'already-restored',
  'moved-by-another-writer',
  'foreign-key',
  'unreadable',
  'unsupported',
  'blocked',
  'failed',
] as const;

export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

export type Outcome =
  | {
      readonly kind: 'rewrapped';
      readonly source: KeyMaterial;
      readonly destination: KeyMaterial;
      /** What KMS has said about the new ciphertext. */
      readonly proof?: DataKeyProof;
    }
  | {
      readonly kind: 'to-rewrap';
      /** A verify pass does not know it: it may not use the source keys. */
      readonly source?: KeyMaterial;
      readonly reason?: string;
    }
  | {
      readonly kind: 'already-current';
      readonly source: KeyMaterial;
      /** What KMS has said about the ciphertext; absent after a dry run. */
      readonly proof?: DataKeyProof;
    }
  /** By a rollback: the record is as it was before the run. */
  | {
      readonly kind: 'restored' | 'already-restored';
      readonly source: KeyMaterial;
      readonly destination: KeyMaterial;
    }
  | {
      readonly kind: 'moved-by-another-writer' | 'blocked' | 'failed';
      readonly reason: string;
      /** Known if KMS answered before the write failed. */
      readonly source?: KeyMaterial;
    }
  | { readonly kind: 'foreign-key' | 'unreadable' | 'unsupported'; readonly reason: string };

/** Outcomes after which nothing is left to do. */
export function isSettled(kind: OutcomeKind): boolean {
  return ['rewrapped', 'already-current', 'restored', 'already-restored'].includes(kind);
}

/**
 * Doubt counts: a data key that is not known to open without the source keys may need one of them. `foreign-key` is the
 * exception, because KMS has said that none of the source keys made those bytes.
 */
export function mayNeedSource(kind: OutcomeKind): boolean {
  return !isSettled(kind) && kind !== 'foreign-key';
}
