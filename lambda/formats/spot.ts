import type { WriteTo } from '../core/model/data-key.ts';
import type { Replacement } from '../core/model/format.ts';
import type { EncryptionAlgorithm } from '../core/model/key-use.ts';
import type { AttributePath, AttributeValue } from '../core/model/record.ts';
import type { BuiltContexts } from './context-template.ts';
import type { ValueEncoding } from './value-encoding.ts';

/** Where a record holds a data key, and everything that has to be known to read it and to replace it. */
export interface Spot {
  readonly kind: 'spot';
  readonly path: AttributePath;
  /** What is there. */
  readonly value: AttributeValue;
  readonly encoding: ValueEncoding;
  readonly contexts: BuiltContexts;
  readonly recordedKeyArn?: string | undefined;
  readonly recordedAlgorithm?: EncryptionAlgorithm | undefined;
  /** Written together with the new data key. */
  readonly beside: readonly Beside[];
  /** A number that writers raise with each save. */
  readonly version?: AttributePath | undefined;
  /** Where the new data key goes, if not in the place of the old one. */
  readonly writeTo?: SpotWriteTo | undefined;
  /** Why a run must not write to this record. */
  readonly unwritable?: string | undefined;
}

/** A place beside a data key. */
export interface Beside {
  readonly path: AttributePath;
  /** What is written there; `undefined` leaves it as it is. */
  readonly after: (replacement: Replacement) => AttributeValue | undefined;
}

export interface SpotWriteTo {
  readonly path: AttributePath;
  /** What is there. */
  readonly value: AttributeValue | undefined;
  readonly about: Omit<WriteTo, 'slot' | 'ciphertext'>;
}

/** A place that should hold a data key, but cannot be read, or must not be touched. */
export interface NoSpot {
  readonly kind: 'unreadable' | 'unsupported' | 'blocked';
  readonly path: AttributePath;
  readonly reason: string;
}

export type Spotted = Spot | NoSpot;
