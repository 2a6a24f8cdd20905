import { createHash } from 'node:crypto';
import type { WriteTo } from '../core/model/data-key.ts';
import type { Replacement } from '../core/model/format.ts';

/** Places for what belongs to a data key, in a format's own kind of place. */
export interface CompanionPlaces<Place> {
  readonly keyArn?: Place | undefined;
  readonly encryptionAlgorithm?: Place | undefined;
  readonly sourceDigest?: Place | undefined;
}

/** The places of a data key with its companions, and of a new one beside it: all that a run may change. */
export function declaredPlaces<Place>(
  ...of: readonly (undefined | (CompanionPlaces<Place> & { readonly dataKey: Place }))[]
): readonly Place[] {
  return of.flatMap(places =>
    [places?.dataKey, places?.keyArn, places?.encryptionAlgorithm, places?.sourceDigest].filter(
      place => place !== undefined,
    ),
  );
}

/** A text to write at a place. `onlyIfThere`: what the record never had, it does not get. */
export interface Companion<Place> {
  readonly place: Place;
  readonly text: string;
  readonly onlyIfThere: boolean;
}

/**
 * What is written together with a new data key. In the place of the old one, a key ARN is replaced where there is one;
 * a place of its own gets everything that the job names. The algorithm is written in any case: without it a reader
 * could not tell an asymmetric key's ciphertext.
 */
export function companions<Place>(
  places: CompanionPlaces<Place>,
  { destination, destinationAlgorithm }: Replacement,
  source: Uint8Array | undefined,
): readonly Companion<Place>[] {
  const { keyArn, encryptionAlgorithm, sourceDigest } = places;
  return [
    ...(keyArn === undefined
      ? []
      : [{ place: keyArn, text: destination.keyArn, onlyIfThere: source === undefined }]),
    ...(encryptionAlgorithm === undefined
      ? []
      : [{ place: encryptionAlgorithm, text: destinationAlgorithm, onlyIfThere: false }]),
    ...(sourceDigest === undefined || source === undefined
      ? []
      : [{ place: sourceDigest, text: sourceDigestOf(source), onlyIfThere: false }]),
  ];
}

/** SHA-256 in hex of the data key that a copy was made of. */
function sourceDigestOf(ciphertext: Uint8Array): string {
  return createHash('sha256').update(ciphertext).digest('hex');
}

/** What lies at the place to write to. Without a recorded digest nothing can tell that it is stale. */
export function writeToOf(
  slot: string,
  {
    source,
    ciphertext,
    recordedDigest,
  }: {
    readonly source: Uint8Array;
    readonly ciphertext: Uint8Array | undefined;
    readonly recordedDigest: string | undefined;
  },
): WriteTo {
  const stale = recordedDigest !== undefined && recordedDigest !== sourceDigestOf(source);
  return { slot, stale, ...(ciphertext !== undefined && { ciphertext }) };
}
