import { digest } from '../../core/model/digest.ts';
import type { Destination } from '../../core/model/format.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { PlacePattern } from '../../core/model/place.ts';
import type { AttributePath, StoreRecord } from '../../core/model/record.ts';
import { isNothing } from '../../core/places/is-nothing.ts';
import { matchedPlaces, type Matched } from '../../core/places/expand.ts';
import { heldAt, pathIn } from '../../core/places/held-at.ts';
import { placeText } from '../../core/places/pattern.ts';
import { closedSpot } from '../closed-spot.ts';
import { buildContexts, type Resolvers } from '../context-template.ts';
import { placeName } from '../place-name.ts';
import type { Spot, Spotted, SpotWriteTo } from '../spot.ts';
import { textAt } from '../text-at.ts';
import { companions, foreignCompanion, hasRoomAt, type Companions } from './companions.ts';
import { contextValue, pathFor, type ContextPlace } from './context-value.ts';
import type { CompanionPatterns, PatternFormat } from './pattern-format.ts';

/** Every place of a record that the patterns of a job stand for. */
export function patternSpots(
  record: StoreRecord,
  format: PatternFormat,
  destination: Destination,
): readonly Spotted[] {
  return matchedPlaces(record, format.places.dataKey).map(place => {
    if (place.kind === 'closed') return closedSpot(record, place);
    return spotAt(place, { record, format, destination });
  });
}

interface Of {
  readonly record: StoreRecord;
  readonly format: PatternFormat;
  readonly destination: Destination;
}

function spotAt({ path, value, open }: Matched, of: Of): Spot {
  const { record, format } = of;
  const { encoding, places } = format;
  const at = (pattern: PlacePattern | undefined): AttributePath | undefined =>
    pattern && pathIn(record, pathFor(pattern, open));
  const own = companionsAt(places, at);
  const to = places.writeTo && {
    path: pathIn(record, pathFor(places.writeTo.dataKey, open)),
    ...companionsAt(places.writeTo, at),
  };
  const version = at(places.version);
  const bytes = isNothing(value) ? undefined : encoding.decode(value);
  const source = bytes !== undefined && 'ciphertext' in bytes ? bytes.ciphertext : new Uint8Array();
  const recordedAlgorithm = textAt(record, own.encryptionAlgorithm);
  return {
    kind: 'spot',
    ...{ path, value, encoding, version },
    contexts: buildContexts(format, resolvers(of, own, open)),
    recordedKeyArn: textAt(record, own.keyArn),
    ...(recordedAlgorithm !== undefined && isEncryptionAlgorithm(recordedAlgorithm) && { recordedAlgorithm }),
    beside: companions(record, to ?? own, to && source),
    writeTo: to && writeToOf(record, to, source),
    unwritable:
      foreignCompanion(record, to ?? own) ??
      badVersion(record, version) ??
      (to && cannotHold(record, to.path, encoding)),
  };
}

function companionsAt(
  patterns: CompanionPatterns,
  at: (pattern: PlacePattern | undefined) => AttributePath | undefined,
): Companions {
  return {
    keyArn: at(patterns.keyArn),
    encryptionAlgorithm: at(patterns.encryptionAlgorithm),
    sourceDigest: at(patterns.sourceDigest),
  };
}

/** Values as they are now, and as they will be once the run has written the companions of a data key. */
function resolvers(
  { record, format, destination }: Of,
  { keyArn, encryptionAlgorithm }: Companions,
  open: readonly (string | number)[],
): Resolvers<ContextPlace> {
  const now = (place: ContextPlace): ReturnType<typeof contextValue> => contextValue(record, place, open);
  if (format.places.writeTo !== undefined) return { now, then: now };
  const then = (place: ContextPlace): ReturnType<typeof contextValue> => {
    const path = 'at' in place ? pathIn(record, pathFor(place.at, open)) : undefined;
    if (samePath(path, keyArn) && textAt(record, keyArn) !== undefined) return { value: destination.keyArn };
    if (samePath(path, encryptionAlgorithm)) return { value: destination.encryptionAlgorithm };
    return now(place);
  };
  return { now, then };
}

function samePath(one: AttributePath | undefined, other: AttributePath | undefined): boolean {
  return one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function badVersion(record: StoreRecord, version: AttributePath | undefined): string | undefined {
  const held = version && heldAt(record, version);
  if (version === undefined || held === undefined || ('N' in held && /^-?\d+$/.test(held.N)))
    return undefined;
  return `${placeName(record, version)} is not a whole number; the job says that it holds the version of the item`;
}

/** Why new data keys cannot be written to a place of their own. */
function cannotHold(
  record: StoreRecord,
  path: AttributePath,
  encoding: Spot['encoding'],
): string | undefined {
  if (!hasRoomAt(record, path))
    return `the ${record.kind} has no map ${placeText(path.slice(0, -1))} to write the new data key to`;
  const there = heldAt(record, path);
  return there === undefined || isNothing(there) || 'ciphertext' in encoding.decode(there)
    ? undefined
    : `${placeName(record, path)} holds something else than a data key, and the job writes new data keys there`;
}

/** What is at the place to write to. Without a recorded digest it is not known whether it is stale. */
function writeToOf(
  record: StoreRecord,
  { path, keyArn, sourceDigest }: Companions & { readonly path: AttributePath },
  source: Uint8Array,
): SpotWriteTo {
  const recordedDigest = textAt(record, sourceDigest);
  const recordedKeyArn = textAt(record, keyArn);
  return {
    path,
    value: heldAt(record, path),
    about: {
      stale: recordedDigest !== undefined && recordedDigest !== digest(source),
      recorded: recordedDigest !== undefined,
      ...(recordedKeyArn !== undefined && { recordedKeyArn }),
    },
  };
}
