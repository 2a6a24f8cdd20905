import type { AttributeValue } from '../model/record.ts';
import { MOST_NODES, TOO_MANY } from './bounds.ts';
import { noDocument, type NoDocument } from './document.ts';
import { elementsPlace, type Place } from './place.ts';
import type { TextForm } from './text-document.ts';

/** Parts with a separator between them, and neither quotes nor escapes: a part cannot contain the separator. */
export function delimited(by: string): TextForm {
  return { read: text => parts(text, by), writer: () => ({ value: part }) };
}

function parts(text: string, by: string): Place | NoDocument {
  if (by.length < 1 || by.length > 8) return noDocument('has no separator of 1 to 8 characters');
  const elements: Place[] = [];
  let start = 0;
  for (;;) {
    const at = text.indexOf(by, start);
    const end = at < 0 ? text.length : at;
    elements.push({ start, end, shown: { S: text.slice(start, end) } });
    if (elements.length > MOST_NODES) return noDocument(TOO_MANY);
    if (at < 0) return elementsPlace({ start: 0, end: text.length }, elements);
    start = end + by.length;
  }
}

/** That it contains no separator shows when the changed text is read again: there would be a part more. */
function part(after: AttributeValue): string {
  if (!('S' in after)) throw new TypeError('A part of a delimited text is a text.');
  return after.S;
}
