import type {
  AnnotationStep,
  AttributePath,
  AttributeValue,
  BodyStep,
  StoreRecord,
} from '../model/record.ts';
import { own, reach, type Reached } from './value-at.ts';

/** The value at a place of a record; `undefined` for none. */
export function heldAt(record: StoreRecord, path: AttributePath): AttributeValue | undefined {
  const reached = reachIn(record, path);
  return reached.kind === 'value' ? reached.value : undefined;
}

/** What a path of a record leads to. */
export function reachIn(record: StoreRecord, path: AttributePath): Reached {
  const [first] = path;
  if (isBody(first) && record.kind === 'object' && record.body !== undefined && 'unread' in record.body)
    return { kind: 'closed', ...record.body.unread };
  return reach(partOf(record, first), path, 1);
}

/** What the first step of a path leads to. */
export function partOf(record: StoreRecord, step: unknown): AttributeValue | undefined {
  switch (record.kind) {
    case 'item':
      return typeof step === 'string' ? own(record.attributes, step) : undefined;
    case 'object':
      if (isBody(step)) return record.body !== undefined && 'B' in record.body ? record.body : undefined;
      if (isAnnotation(step)) return entryOf(record.annotations ?? NONE, step.name);
      return typeof step === 'string' ? entryOf(record.metadata, step) : undefined;
  }
}

/** A path as the record has it: where a number is the name of a member, it becomes a text. */
export function pathIn(record: StoreRecord, path: AttributePath): AttributePath {
  if (!path.some(step => typeof step === 'number')) return path;
  return path.map((step, at) => {
    if (typeof step !== 'number') return step;
    const parent = heldAt(record, path.slice(0, at));
    return parent !== undefined && 'M' in parent ? String(step) : step;
  });
}

const NONE = {};

function entryOf(texts: Readonly<Record<string, string>>, name: string): AttributeValue | undefined {
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
  if (text === undefined) return undefined;
  const known = ENTRIES.get(texts) ?? new Map<string, AttributeValue>();
  ENTRIES.set(texts, known);
  const value = known.get(name) ?? { S: text };
  known.set(name, value);
  return value;
}

/** One value for each entry, so that documents in it are parsed once. */
const ENTRIES = new WeakMap<object, Map<string, AttributeValue>>();

export function isBody(step: unknown): step is BodyStep {
  return partNameOf(step) === 'body';
}

export function isAnnotation(step: unknown): step is AnnotationStep {
  return partNameOf(step) === 'annotation';
}

function partNameOf(step: unknown): unknown {
  return typeof step === 'object' && step !== null && 'part' in step ? step.part : undefined;
}
