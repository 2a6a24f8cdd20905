import type { Destination } from '../../core/model/format.ts';
import { names } from '../../core/model/key-use.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { isNothing } from '../../core/places/is-nothing.ts';
import { heldAt, reachIn } from '../../core/places/held-at.ts';
import type { ReadCiphertext } from '../ciphertext.ts';
import { closedSpot } from '../closed-spot.ts';
import { placeName } from '../place-name.ts';
import type { Beside, NoSpot, Spot, Spotted } from '../spot.ts';
import { decodeText } from '../text-encoding.ts';
import { typeOf, valueEncoding, type ValueEncoding } from '../value-encoding.ts';
import { textAt } from '../text-at.ts';
import type { Entry } from './entry.ts';
import { flatEntries } from './flat.ts';
import { doubtful, metadataOf, type Layout, type Metadata } from './layout.ts';
import { nestedEntries } from './nested.ts';

/** The KMS entries of one file of SOPS. */
export function sopsSpots(
  record: ObjectRecord,
  layouts: readonly Layout[],
  destination: Destination,
): readonly Spotted[] {
  return metadataOf(record, layouts).flatMap(one =>
    one.kind === 'metadata' ? spotsIn(record, one, destination) : [one],
  );
}

function spotsIn(record: ObjectRecord, metadata: Metadata, destination: Destination): readonly Spotted[] {
  const unknown = unknownVersion(record, metadata);
  if (unknown !== undefined) return [unknown];
  const { layout, at } = metadata;
  const entries = layout.shape === 'nested' ? nestedEntries(record, at) : flatEntries(record, metadata);
  return entries.flatMap(entry => (entry.kind === 'entry' ? spotOf(record, entry, destination) : [entry]));
}

/** Versions 0 to 3 have one layout. The first of them name no version. */
function unknownVersion(record: ObjectRecord, { at, layout }: Metadata): NoSpot | undefined {
  const path = [...at, `${layout.prefix}version`];
  const reached = reachIn(record, path);
  if (reached.kind === 'nothing') return undefined;
  if (reached.kind === 'closed') return closedSpot(record, { ...reached, path });
  const { value } = reached;
  const text = 'S' in value ? value.S : 'N' in value ? value.N : '';
  if (/^[0-3](?:\.|$)/.test(text)) return undefined;
  return doubtful(path, `${placeName(record, path)} is no version of SOPS that is known here, up to 3`);
}

function spotOf(record: ObjectRecord, entry: Entry, destination: Destination): readonly Spotted[] {
  const { enc: path, contexts } = entry;
  const reached = reachIn(record, path);
  if (reached.kind === 'closed') return [closedSpot(record, { ...reached, path })];
  if (reached.kind === 'nothing' || isNothing(reached.value)) return [];
  const { value } = reached;
  const spot: Spot = {
    kind: 'spot',
    ...{ path, value, contexts },
    encoding: ENC,
    recordedKeyArn: textAt(record, entry.arn),
    beside: besideOf(record, { entry, value, destination }),
    unwritable: withoutKey(record, entry),
  };
  return [spot];
}

/** SOPS asks KMS with the key that the entry names. */
function withoutKey(record: ObjectRecord, { arn }: Entry): string | undefined {
  if ((textAt(record, arn) ?? '') !== '') return undefined;
  return `${placeName(record, arn)} names no key, so that SOPS cannot open the data key beside it; repair the file with SOPS`;
}

interface Of {
  readonly entry: Entry;
  readonly value: Spot['value'];
  readonly destination: Destination;
}

/** Only what is moved gets another key and date. */
function besideOf(record: ObjectRecord, { entry, value, destination }: Of): readonly Beside[] {
  const arn = textAt(record, entry.arn) ?? '';
  const isMoved = (ciphertext: Uint8Array): boolean => {
    const encoded = ENC.encode(ciphertext, value);
    return !('S' in encoded && 'S' in value && encoded.S === value.S);
  };
  const key = isNamed(destination, arn) ? undefined : { S: destination.keyArn };
  const date = hasDate(record, entry) ? { S: dateOf(destination) } : undefined;
  return [
    { path: entry.arn, after: ({ ciphertext }) => (isMoved(ciphertext) ? key : undefined) },
    { path: entry.createdAt, after: ({ ciphertext }) => (isMoved(ciphertext) ? date : undefined) },
  ];
}

/** By whatever name the job knows the destination, an alias among them: then the file keeps that name. */
function isNamed(destination: Destination, arn: string): boolean {
  return names({ alsoKnownAs: [], ...destination }, arn);
}

function hasDate(record: ObjectRecord, { createdAt }: Entry): boolean {
  const held = heldAt(record, createdAt);
  return held !== undefined && 'S' in held && held.S !== '';
}

/** RFC 3339, in seconds, as SOPS writes it. */
function dateOf({ startedAt }: Destination): string {
  return startedAt.replace(/\.\d{1,9}Z$/, 'Z');
}

/** Standard base64 with its padding: Go takes no other. */
const ENC: ValueEncoding = {
  decode(value): ReadCiphertext {
    if (!('S' in value)) return { reason: `is of type ${typeOf(value)}, and not base64` };
    return value.S.length % 4 === 0 ? decodeText(value.S, 'base64') : { reason: 'is not standard base64' };
  },
  encode: (ciphertext, old) => valueEncoding('base64').encode(ciphertext, old),
};
