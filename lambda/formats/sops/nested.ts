import type { AttributePath, AttributeValue, ObjectRecord } from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import type { BuiltContexts } from '../context-template.ts';
import { placeName } from '../place-name.ts';
import { closedSpot } from '../closed-spot.ts';
import type { NoSpot } from '../spot.ts';
import { typeOf } from '../value-encoding.ts';
import { contextAt, isNone, noContext, sameContext, type Entry } from './entry.ts';
import { doubtful } from './layout.ts';

/** The KMS entries of metadata in maps and lists: `kms`, and those of each key group. */
export function nestedEntries(record: ObjectRecord, at: AttributePath): readonly (Entry | NoSpot)[] {
  const groups = elementsAt(record, [...at, 'key_groups']);
  return [
    ...entriesAt(record, [...at, 'kms']),
    ...groups.flatMap(group =>
      group.kind === 'element' ? entriesAt(record, [...group.path, 'kms']) : [group],
    ),
  ];
}

function entriesAt(record: ObjectRecord, list: AttributePath): readonly (Entry | NoSpot)[] {
  return elementsAt(record, list).map(element =>
    element.kind === 'element' ? entryAt(record, element.path) : element,
  );
}

interface Element {
  readonly kind: 'element';
  readonly path: AttributePath;
}

/** The maps of a list. */
function elementsAt(record: ObjectRecord, path: AttributePath): readonly (Element | NoSpot)[] {
  const reached = reachIn(record, path);
  if (reached.kind === 'closed') return [closedSpot(record, { ...reached, path })];
  if (reached.kind === 'nothing' || isNone(reached.value)) return [];
  if (!('L' in reached.value)) return [strange(record, path, reached.value)];
  return reached.value.L.map((_, index) => elementAt(record, [...path, index]));
}

function elementAt(record: ObjectRecord, path: AttributePath): Element | NoSpot {
  const reached = reachIn(record, path);
  if (reached.kind === 'closed') return closedSpot(record, { ...reached, path });
  if (reached.kind === 'value' && 'M' in reached.value) return { kind: 'element', path };
  return strange(record, path, reached.kind === 'value' ? reached.value : { NULL: true });
}

function strange(record: ObjectRecord, path: AttributePath, value: AttributeValue): NoSpot {
  return doubtful(
    path,
    `${placeName(record, path)} is of type ${typeOf(value)}, which SOPS does not write there`,
  );
}

function entryAt(record: ObjectRecord, path: AttributePath): Entry {
  return {
    kind: 'entry',
    enc: [...path, 'enc'],
    arn: [...path, 'arn'],
    createdAt: [...path, 'created_at'],
    contexts: contextOf(record, [...path, 'context']),
  };
}

function contextOf(record: ObjectRecord, path: AttributePath): BuiltContexts {
  const reached = reachIn(record, path);
  if (reached.kind === 'closed') return noContext(`${placeName(record, path)} ${reached.reason}`);
  if (reached.kind === 'nothing' || 'NULL' in reached.value) return sameContext({});
  if (!('M' in reached.value)) return noContext(`it is of type ${typeOf(reached.value)}`);
  return contextAt(
    record,
    Object.keys(reached.value.M).map(name => [name, [...path, name]]),
  );
}
