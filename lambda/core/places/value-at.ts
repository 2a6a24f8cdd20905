import { openDocument, type OpenedDocument } from '../documents/open-document.ts';
import type { DocumentStep } from '../model/document-step.ts';
import type { AttributeMap, AttributePath, AttributeValue, PathStep } from '../model/record.ts';

/** What a path leads to. `closed`: there is something, but it cannot be read, or not be changed without harm. */
export type Reached =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'nothing' }
  /** `blocked`: for now, because of the state of the record. */
  | { readonly kind: 'closed'; readonly reason: string; readonly blocked?: true };

/** The value at a path; `undefined` if any step of it is missing or cannot be opened. */
export function valueAt(attributes: AttributeMap, path: AttributePath): AttributeValue | undefined {
  const [name] = path;
  return typeof name === 'string' ? valueBelow(own(attributes, name), path.slice(1)) : undefined;
}

/** The value that further steps lead to. */
export function valueBelow(
  value: AttributeValue | undefined,
  steps: AttributePath,
): AttributeValue | undefined {
  const reached = reach(value, steps);
  return reached.kind === 'value' ? reached.value : undefined;
}

/**
 * Goes from a value to what the steps lead to, through the documents on the way.
 *
 * @param from how many of the steps lead to the value itself
 */
export function reach(value: AttributeValue | undefined, steps: AttributePath, from = 0): Reached {
  let at = value;
  for (let index = from; index < steps.length; index += 1) {
    const step = steps[index] as PathStep;
    if (at === undefined) return NOTHING;
    if (!isDocumentStep(step)) {
      at = child(at, step);
      continue;
    }
    if (isEmpty(at)) return NOTHING;
    const document = opened(at, step);
    if (document.kind === 'no-document') return { kind: 'closed', reason: document.reason };
    const inner = withinDocument(steps.slice(index + 1));
    const closed = document.closed.find(({ path }) => path.every((one, depth) => one === inner[depth]));
    if (closed !== undefined) return { kind: 'closed', reason: closed.reason };
    at = document.root;
  }
  return at === undefined ? NOTHING : { kind: 'value', value: at };
}

const NOTHING: Reached = { kind: 'nothing' };

export function isDocumentStep(step: unknown): step is DocumentStep {
  return typeof step === 'object' && step !== null && 'as' in step;
}

/** The steps as far as they stay within one document. */
export function withinDocument(steps: AttributePath): AttributePath {
  const next = steps.findIndex(isDocumentStep);
  return next < 0 ? steps : steps.slice(0, next);
}

/** NULL, an empty text and empty bytes contain no document: object mappers write them for nothing. */
function isEmpty(value: AttributeValue): boolean {
  return 'NULL' in value || ('S' in value && value.S === '') || ('B' in value && value.B.length === 0);
}

/** In a map, a number is the name of a member: `{"keys": {"1": …}}`. */
function child(value: AttributeValue, step: PathStep): AttributeValue | undefined {
  if (typeof step === 'number' && 'L' in value) return value.L[step];
  return typeof step !== 'object' && 'M' in value ? own(value.M, String(step)) : undefined;
}

export function own(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Every place of a record asks for the same document again. Values never change, so it is parsed once. */
const OPENED = new WeakMap<AttributeValue, Map<string, OpenedDocument>>();

export function opened(value: AttributeValue, step: DocumentStep): OpenedDocument {
  const known = OPENED.get(value) ?? new Map<string, OpenedDocument>();
  OPENED.set(value, known);
  const name = JSON.stringify(step);
  const document = known.get(name) ?? openDocument(value, step);
  known.set(name, document);
  return document;
}
