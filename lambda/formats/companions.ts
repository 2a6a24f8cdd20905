import { createHash } from 'node:crypto';
import { parseKeyReference } from '../core/model/arn.ts';
import type { WriteTo } from '../core/model/data-key.ts';
import type { Replacement } from '../core/model/format.ts';
import { isEncryptionAlgorithm } from '../core/model/key-use.ts';

/** The places of a data key's companions, in the format's own kind of place. */
export interface CompanionPlaces<Place> {
  readonly keyArn?: Place | undefined;
  readonly encryptionAlgorithm?: Place | undefined;
  readonly sourceDigest?: Place | undefined;
}

/** The places of a data key and its companions, and of a new one beside it: everything that a run may change. */
export function declaredPlaces<Place>(
  ...of: readonly (undefined | (CompanionPlaces<Place> & { readonly dataKey: Place }))[]
): readonly Place[] {
  return of.flatMap(places =>
    [places?.dataKey, places?.keyArn, places?.encryptionAlgorithm, places?.sourceDigest].filter(
      place => place !== undefined,
    ),
  );
}

/** A text to write at a place. `onlyIfThere`: it is not added to a record that does not have it. */
export interface Companion<Place> {
  readonly place: Place;
  readonly text: string;
  readonly onlyIfThere: boolean;
}

/**
 * What is written together with a new data key. In the place of the old data key, an existing key ARN is replaced. In a place
 * of its own, everything that the job names is written. The algorithm is always written, because without it a reader could
 * not recognise an asymmetric key's ciphertext.
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

/** What is at a place where a companion would be written. */
export type Held =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other'; readonly type: string };

interface CompanionKind {
  readonly called: string;
  readonly fits: (text: string) => boolean;
}

const COMPANION_KINDS: Readonly<Record<keyof CompanionPlaces<unknown>, CompanionKind>> = {
  keyArn: { called: 'the ARN, id or alias of a KMS key', fits: isKeyName },
  encryptionAlgorithm: { called: 'an encryption algorithm of KMS', fits: isEncryptionAlgorithm },
  sourceDigest: { called: 'a SHA-256 in hexadecimal', fits: text => /^[0-9a-f]{64}$/.test(text) },
};

/**
 * Why the companions may not be written: one of their places holds something else than the job says. `undefined` if each
 * place holds a text of the right kind, or nothing.
 */
export function foreignCompanion<Place>(
  places: CompanionPlaces<Place>,
  { held, name }: { readonly held: (place: Place) => Held; readonly name: (place: Place) => string },
): string | undefined {
  for (const [kind, { called, fits }] of Object.entries(COMPANION_KINDS)) {
    const place = places[kind as keyof typeof COMPANION_KINDS];
    if (place === undefined) continue;
    const there = held(place);
    if (there.kind === 'other')
      return `${name(place)} is of type ${there.type}; the job says that it holds ${called}`;
    if (there.kind === 'text' && !fits(there.text))
      return `${name(place)} holds a text that is not ${called}, although the job says so`;
  }
  return undefined;
}

const KEY_ID = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const ALIAS_NAME = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

/** Everything that KMS accepts as a key identifier (Developer Guide, "Key identifiers"). */
function isKeyName(text: string): boolean {
  return parseKeyReference(text) !== undefined || KEY_ID.test(text) || ALIAS_NAME.test(text);
}

/** SHA-256 in hex of the data key that a copy was made of. */
function sourceDigestOf(ciphertext: Uint8Array): string {
  return createHash('sha256').update(ciphertext).digest('hex');
}

/** What is at the place to write to. Without a recorded digest it is not known whether it is stale. */
export function writeToOf(
  slot: string,
  {
    source,
    ciphertext,
    recordedDigest,
    recordedKeyArn,
  }: {
    readonly source: Uint8Array;
    readonly ciphertext: Uint8Array | undefined;
    readonly recordedDigest: string | undefined;
    readonly recordedKeyArn: string | undefined;
  },
): WriteTo {
  const stale = recordedDigest !== undefined && recordedDigest !== sourceDigestOf(source);
  return {
    slot,
    stale,
    recorded: recordedDigest !== undefined,
    ...(ciphertext !== undefined && { ciphertext }),
    ...(recordedKeyArn !== undefined && { recordedKeyArn }),
  };
}
