import type { Buffer } from 'node:buffer';

/** Something that KMS cannot re-encrypt where it lies. */
export interface RefusedCiphertext {
  /** A name for it, such as `esdk-message`. */
  readonly what: string;
  /** What it is, and what to do instead. */
  readonly reason: string;
  /** The KMS keys that it names. */
  readonly keyArns: readonly string[];
}

/** Says what bytes are if all of their structure is that of one thing; `undefined` otherwise. Never throws. */
export type Recogniser = (bytes: Buffer) => RefusedCiphertext | undefined;
