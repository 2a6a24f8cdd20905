import type { Destination } from '../../core/model/format.ts';
import type { AttributePath, ObjectRecord } from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import { placeName } from '../place-name.ts';
import type { NoSpot, Spotted } from '../spot.ts';
import type { S3EncryptionClientConfig } from './config.ts';
import {
  DATA_KEY_OF_OLD_NET,
  DATA_KEYS,
  dataKeysOf,
  fieldOf,
  INSTRUCTIONS,
  isInstructionFile,
  isMarked,
  METADATA,
  OF_A_DATA_KEY,
  type Envelope,
} from './fields.ts';
import { kmsSpot } from './kms-spot.ts';
import { underOwnKey, wrappingOf } from './wrapping.ts';

export interface Of {
  readonly config: S3EncryptionClientConfig;
  readonly destination: Destination;
}

/** The data keys of an object: in its metadata, or in its body if it is an instruction file. */
export function spotsOf(record: ObjectRecord, of: Of): readonly Spotted[] {
  const inMetadata = envelopeSpots({ record, at: METADATA }, of);
  return isInstructionFile(record, of.config.instructionSuffixes)
    ? [...inMetadata, ...instructionSpots(record, of)]
    : inMetadata;
}

function envelopeSpots(envelope: Envelope, of: Of): readonly Spotted[] {
  const names = dataKeysOf(envelope);
  const [name, ...others] = names;
  const no = (field: string, kind: NoSpot['kind'], reason: string): NoSpot => ({
    kind,
    path: [...envelope.at, field],
    reason,
  });
  if (name === undefined) {
    const field = OF_A_DATA_KEY.find(one => fieldOf(envelope, one) !== undefined);
    return field === undefined ? [] : [no(field, 'unreadable', `there is ${field}, and no data key with it`)];
  }
  if (others.length > 0)
    return names.map(one =>
      no(one, 'unreadable', `${names.join(' and ')} exclude one another: clients refuse to read the object`),
    );
  if (name === 'x-amz-key') return [no(name, 'unsupported', underOwnKey())];
  const wrapping =
    name === 'x-amz-3'
      ? wrappingOf(3, textOf(envelope, 'x-amz-w'))
      : wrappingOf(2, textOf(envelope, 'x-amz-wrap-alg'));
  return [
    wrapping.kind === 'other'
      ? no(name, wrapping.is, wrapping.reason)
      : kmsSpot(envelope, { ...of, name, wrapping: wrapping.kind }),
  ];
}

function textOf(envelope: Envelope, name: string): string | undefined {
  const value = fieldOf(envelope, name);
  return value !== undefined && 'S' in value ? value.S : undefined;
}

function instructionSpots(record: ObjectRecord, of: Of): readonly Spotted[] {
  const problem = problemOf(record);
  if (problem !== undefined) return [problem];
  const envelope: Envelope = { record, at: INSTRUCTIONS };
  const path: AttributePath = [...INSTRUCTIONS, DATA_KEYS[1]];
  const spots = envelopeSpots(envelope, of);
  if (spots.length > 0) return spots;
  if (fieldOf(envelope, DATA_KEY_OF_OLD_NET) !== undefined)
    return [{ kind: 'unsupported', path, reason: underOwnKey() }];
  return isMarked(record)
    ? [
        {
          kind: 'unreadable',
          path,
          reason: 'the object is marked as an instruction file and holds no data key',
        },
      ]
    : [];
}

/** Why the fields in an instruction file cannot be read. */
function problemOf(record: ObjectRecord): NoSpot | undefined {
  const reached = reachIn(record, INSTRUCTIONS);
  const path = INSTRUCTIONS;
  const name = placeName(record, path);
  if (reached.kind === 'closed')
    return {
      kind: reached.blocked === true ? 'blocked' : 'unreadable',
      path,
      reason: `${name} of an instruction file ${reached.reason}`,
    };
  if (reached.kind === 'nothing')
    return {
      kind: 'unreadable',
      path,
      reason: 'the object is named or marked as an instruction file, and is empty',
    };
  if (!('M' in reached.value))
    return { kind: 'unreadable', path, reason: `${name} of an instruction file is not a JSON object` };
  return closedField(record);
}

/** A field that occurs twice would be read by each client in its own way. */
function closedField(record: ObjectRecord): NoSpot | undefined {
  for (const field of [...DATA_KEYS, ...OF_A_DATA_KEY]) {
    const path = [...INSTRUCTIONS, field];
    const reached = reachIn(record, path);
    if (reached.kind === 'closed')
      return { kind: 'unreadable', path, reason: `${placeName(record, path)} ${reached.reason}` };
  }
  return undefined;
}
