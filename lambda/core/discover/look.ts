import type { StoreRecognition } from '../recognise/recognise-store.ts';
import type { Seen } from '../stores/lookup.ts';
import type { StoreType } from '../stores/registry.ts';

/** A table or bucket of the account, and what a sample of it shows. */
export type Look = Looked | NotLooked;

export interface Found {
  readonly type: StoreType;
  readonly name: string;
  readonly region: string;
}

interface Told extends Found {
  /**
   * The keys that its service itself encrypts it with, or what is put there, in full: ARNs of keys and aliases. It is asked for by itself, and may be
   * known of a store that nobody may read.
   */
  readonly serverSide: Seen<readonly string[]>;
}

interface Looked extends Told {
  readonly kind: 'looked';
  /** The sample is all of it. */
  readonly complete: boolean;
  readonly recognition: StoreRecognition;
}

interface NotLooked extends Told {
  readonly kind: 'not-looked';
  readonly reason: string;
}
