import type { PlaceChange } from '../model/place.ts';
import type { AttributePath, AttributeValue, StoreRecord } from '../model/record.ts';
import { heldAt } from './held-at.ts';
import { isWritten } from './same-value.ts';
import { isDocumentStep, opened, valueBelow, withinDocument } from './value-at.ts';

/**
 * A change as a store makes it. A store knows nothing of documents: a value that contains one is replaced as a whole, if it is
 * still, as a whole, what was read. All places of one container become one.
 */
export function atContainers(record: StoreRecord, places: readonly PlaceChange[]): readonly PlaceChange[] {
  const inDocuments = new Map<string, { readonly path: AttributePath; readonly settings: Setting[] }>();
  const plain = places.filter(place => {
    const at = place.path.findIndex(isDocumentStep);
    if (at < 0) return true;
    const path = place.path.slice(0, at);
    const name = JSON.stringify(path);
    const container = inDocuments.get(name) ?? { path, settings: [] };
    inDocuments.set(name, container);
    container.settings.push({ ...place, path: place.path.slice(at) });
    return false;
  });
  const containers = [...inDocuments.values()].map(({ path, settings }) => {
    const before = heldAt(record, path);
    return { path, before, after: before && set(before, settings) };
  });
  return [...plain, ...containers];
}

type Setting = Pick<PlaceChange, 'path' | 'before' | 'after' | 'written'>;

/** A value with places changed, each of which begins with a document step. */
function set(value: AttributeValue, settings: readonly Setting[]): AttributeValue {
  const byStep = new Map<string, Setting[]>();
  for (const setting of settings) {
    const name = JSON.stringify(setting.path[0]);
    byStep.set(name, [...(byStep.get(name) ?? []), setting]);
  }
  return [...byStep.values()].reduce(setInDocument, value);
}

function setInDocument(value: AttributeValue, settings: readonly Setting[]): AttributeValue {
  const step = settings[0]?.path[0];
  if (!isDocumentStep(step)) throw new TypeError('the path leads into no document');
  const document = opened(value, step);
  if (document.kind === 'no-document') throw new TypeError(`nothing to set: ${document.reason}`);
  const direct: Setting[] = [];
  const deeper = new Map<string, { readonly path: AttributePath; readonly settings: Setting[] }>();
  for (const setting of settings) {
    const rest = setting.path.slice(1);
    const path = withinDocument(rest);
    if (path.length === rest.length) {
      direct.push({ ...setting, path });
      continue;
    }
    const name = JSON.stringify(path);
    const inner = deeper.get(name) ?? { path, settings: [] };
    deeper.set(name, inner);
    inner.settings.push({ ...setting, path: rest.slice(path.length) });
  }
  const inner = [...deeper.values()].map(({ path, settings: below }) => {
    const held = valueBelow(document.root, path);
    if (held === undefined) throw new TypeError('the path leads nowhere');
    return { path, after: set(held, below) };
  });
  // What stays as it is need not be written, and would perhaps be written in another way.
  const written = direct.filter(one => one.written !== undefined || isWritten(one));
  return document.replaced([...written, ...inner]);
}

/** How the value at a place is written in the innermost document around it; `undefined` outside of documents. */
export function writtenAt(record: StoreRecord, path: AttributePath): string | undefined {
  const at = path.findLastIndex(isDocumentStep);
  const step = path[at];
  if (!isDocumentStep(step)) return undefined;
  const held = heldAt(record, path.slice(0, at));
  const document = held && opened(held, step);
  return document?.kind === 'document' ? document.written(path.slice(at + 1)) : undefined;
}
