import {
  openDocument,
  type Document,
  type OpenedDocument,
} from '../../lambda/core/documents/open-document.ts';
import type { DocumentStep } from '../../lambda/core/model/document-step.ts';
import type { AttributePath, AttributeValue } from '../../lambda/core/model/record.ts';

/** Random inputs for each kind of document. 10,000 take a minute, and found nothing when this was written. */
export const FUZZ_RUNS = Number(process.env['DOCUMENT_FUZZ_RUNS'] ?? 200);

export function opened(value: AttributeValue, step: DocumentStep): Document {
  const document: OpenedDocument = openDocument(value, step);
  if (document.kind === 'no-document') throw new Error(`It ${document.reason}.`);
  return document;
}

export const textOf = (value: AttributeValue): string => {
  if ('S' in value) return value.S;
  if ('B' in value) return Buffer.from(value.B).toString('utf8');
  throw new Error('not a text');
};

/** Every place of a document that is no map and no list, with its path, unless it is closed. */
export function leaves(document: Document): readonly (readonly [AttributePath, AttributeValue])[] {
  const closed = new Set(document.closed.map(({ path }) => JSON.stringify(path)));
  const visit = (
    value: AttributeValue,
    path: AttributePath,
  ): (readonly [AttributePath, AttributeValue])[] => {
    if (closed.has(JSON.stringify(path))) return [];
    if ('M' in value) return Object.entries(value.M).flatMap(([name, one]) => visit(one, [...path, name]));
    if ('L' in value) return value.L.flatMap((one, index) => visit(one, [...path, index]));
    return [[path, value]];
  };
  return visit(document.root, []);
}

/** A value with another one at a path, made without the product. */
function withValue(value: AttributeValue, path: AttributePath, after: AttributeValue): AttributeValue {
  const [step, ...rest] = path;
  if (step === undefined) return after;
  if ('M' in value)
    return {
      M: Object.fromEntries(
        Object.entries(value.M).map(([name, one]) => [
          name,
          name === step ? withValue(one, rest, after) : one,
        ]),
      ),
    };
  if ('L' in value)
    return { L: value.L.map((one, index) => (index === step ? withValue(one, rest, after) : one)) };
  throw new Error('no such place');
}

/**
 * What holds of every document and every place in it: the place can be set, nothing else changes, and the old source text
 * brings the old bytes back.
 */
export function expectPlacesToBeReplaceable(
  value: AttributeValue,
  step: DocumentStep,
  after: AttributeValue,
): void {
  const document = opened(value, step);
  const places = leaves(document).map(([path, before]) => {
    const written = document.written(path);
    if (written === undefined) throw new Error('A value that is shown is written nowhere.');
    return { path, after: before, written };
  });
  expect(raw(document.replaced([]))).toBe(raw(value));
  expect(raw(document.replaced(places))).toBe(raw(value));
  expect(raw(document.replaced(places.map(place => ({ path: place.path, after: place.after }))))).toBe(
    raw(value),
  );
  for (const place of places) {
    const again = opened(document.replaced([{ path: place.path, after }]), step);
    expect(JSON.stringify(again.root)).toBe(JSON.stringify(withValue(document.root, place.path, after)));
    expect(again.closed).toEqual(document.closed);
    expect(raw(again.replaced([place]))).toBe(raw(value));
  }
}

/** Jest compares long texts faster than bytes. */
function raw(value: AttributeValue): string {
  return 'B' in value ? `B${Buffer.from(value.B).toString('latin1')}` : `S${textOf(value)}`;
}
