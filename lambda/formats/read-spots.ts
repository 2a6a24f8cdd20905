import { Buffer } from 'node:buffer';
import type { Finding } from '../core/model/data-key.ts';
import type { AttributeValue, StoreRecord } from '../core/model/record.ts';
import { isNothing } from '../core/places/is-nothing.ts';
import { placeText } from '../core/places/pattern.ts';
import { refusedCiphertext } from '../core/recognise/refused/refused-ciphertext.ts';
import type { ReadCiphertext } from './ciphertext.ts';
import { placeName } from './place-name.ts';
import type { Spot, Spotted } from './spot.ts';

/** The data keys at the spots of a record, or why they cannot be read. */
export function readSpots(record: StoreRecord, spots: readonly Spotted[]): readonly Finding[] {
  return spots.flatMap(spot => {
    if (spot.kind === 'spot') return readSpot(record, spot);
    const { kind, path, reason } = spot;
    return [{ kind, slot: placeText(path), path, reason }];
  });
}

function readSpot(record: StoreRecord, spot: Spot): readonly Finding[] {
  const { path, value, encoding, contexts } = spot;
  if (isNothing(value)) return [];
  const at = { slot: placeText(path), path };
  const bytes = encoding.decode(value);
  const refused = refusedIn(value, bytes);
  if (refused !== undefined)
    return [{ kind: 'unsupported', ...at, reason: `${placeName(record, path)} ${refused.reason}` }];
  if ('reason' in bytes)
    return [{ kind: 'unreadable', ...at, reason: `${placeName(record, path)} ${bytes.reason}` }];
  const { ciphertext } = bytes;
  if (contexts.kind === 'missing')
    return [{ kind: 'unreadable', ...at, reason: contexts.reason, ciphertext }];
  if (spot.unwritable !== undefined) return [{ kind: 'unsupported', ...at, reason: spot.unwritable }];
  return [{ kind: 'data-key', ...at, ciphertext, ...saidBy(spot), ...builtOf(contexts) }];
}

/** What can never be re-wrapped is named, whether or not it has the encoding of a data key. */
function refusedIn(value: AttributeValue, bytes: ReadCiphertext): ReturnType<typeof refusedCiphertext> {
  if ('ciphertext' in bytes) return refusedCiphertext(bytes.ciphertext);
  return 'S' in value
    ? refusedCiphertext(Buffer.from(value.S))
    : 'B' in value
      ? refusedCiphertext(value.B)
      : undefined;
}

function builtOf({ contexts, readerContexts }: Extract<Spot['contexts'], { kind: 'contexts' }>) {
  return { contexts, readerContexts };
}

function saidBy({ recordedKeyArn, recordedAlgorithm, writeTo, encoding }: Spot) {
  return {
    ...(recordedKeyArn !== undefined && { recordedKeyArn }),
    ...(recordedAlgorithm !== undefined && { recordedAlgorithm }),
    ...(writeTo !== undefined && { writeTo: writtenBefore(writeTo, encoding) }),
  };
}

function writtenBefore({ path, value, about }: NonNullable<Spot['writeTo']>, encoding: Spot['encoding']) {
  const bytes = value === undefined || isNothing(value) ? undefined : encoding.decode(value);
  const there = bytes !== undefined && 'ciphertext' in bytes ? { ciphertext: bytes.ciphertext } : {};
  return { slot: placeText(path), ...there, ...about };
}
