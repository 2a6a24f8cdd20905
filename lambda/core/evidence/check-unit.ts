import type { Seal } from '../model/seal.ts';
import { unitStart, type ChainOfUnit } from './chain.ts';
import type { CheckedObject, Difference } from './check-object.ts';

/** The journal of one unit, as it is there. */
export interface UnitJournal extends ChainOfUnit {
  /** In the order of their names. */
  readonly objects: readonly CheckedObject[];
  /** What was sealed of it. Absent where nothing was. */
  readonly seal: Seal | undefined;
}

/** Follows the chain of a unit back from its sealed end, and names what is not in it and what is missing from it. */
export function checkUnit({ objects, seal, ...unit }: UnitJournal): readonly Difference[] {
  const differences = objects.flatMap(one => one.differences);
  if (seal === undefined) return [...differences, ...beside(objects, new Set())];
  const ends = new Map(objects.flatMap(one => (one.end === undefined ? [] : [[one.end, one] as const])));
  const start = unitStart(unit);
  const path = new Set<CheckedObject>();
  let wanted = seal.head;
  let next: CheckedObject | undefined;
  while (wanted !== start) {
    const object = ends.get(wanted);
    if (object === undefined || path.has(object))
      return [...differences, ...broken({ unit, seal, objects, next })];
    path.add(object);
    // Its first line is gone, and with it what it follows. That is among the differences.
    if (object.after === undefined) return [...differences, ...beside(objects, path)];
    next = object;
    wanted = object.after;
  }
  return [...differences, ...counts(unit, seal, path), ...beside(objects, path)];
}

interface Broken {
  readonly unit: ChainOfUnit;
  readonly seal: Seal;
  readonly objects: readonly CheckedObject[];
  /** The earliest object whose place in the chain is known. */
  readonly next: CheckedObject | undefined;
}

/** The chain leads to an object that is not there as it was sealed. Which of those before it belong to it, nobody can tell. */
function broken({ unit, seal, objects, next }: Broken): readonly Difference[] {
  const object = next?.name ?? unitName(unit);
  const missing = seal.objects - objects.length;
  const what =
    missing > 0 ? `${missing} of its ${seal.objects} objects are gone` : 'an object was written anew';
  const where = next === undefined ? 'at the end of the unit' : `before ${next.name}`;
  return [
    {
      kind: missing > 0 ? 'removed' : 'changed',
      object,
      words: `${unitName(unit)}: the chain ends ${where}: ${what}`,
    },
  ];
}

function counts(unit: ChainOfUnit, seal: Seal, path: ReadonlySet<CheckedObject>): readonly Difference[] {
  const lines = [...path].reduce((sum, one) => sum + one.lines, 0);
  if (path.size === seal.objects && lines === seal.lines) return [];
  const words = `${unitName(unit)}: ${seal.objects} objects with ${seal.lines} lines were sealed, and ${path.size} with ${lines} are there`;
  return [{ kind: 'changed', object: unitName(unit), words }];
}

function beside(objects: readonly CheckedObject[], path: ReadonlySet<CheckedObject>): readonly Difference[] {
  return objects.filter(one => !path.has(one) && one.differences.length === 0).map(outside);
}

function outside({ name }: CheckedObject): Difference {
  return {
    kind: 'not-sealed',
    object: name,
    words: `${name} is in no sealed chain: an attempt that did not finish has left it, or it was added`,
  };
}

function unitName({ kind, runId, unitId }: ChainOfUnit): string {
  return `${kind} of unit ${unitId} of ${runId}`;
}
