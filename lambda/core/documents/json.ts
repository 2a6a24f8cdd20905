import { noDocument, type NoDocument } from './document.ts';
import { jsonMembers } from './json-members.ts';
import { readJson } from './json-places.ts';
import { jsonWriter } from './json-values.ts';
import type { Place } from './place.ts';
import type { TextForm } from './text-document.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** JSON as RFC 8259 has it: no comments, no trailing commas. A byte order mark stays where it is. */
export const json: TextForm = {
  read: readStrictJson,
  writer: text => {
    const write = jsonWriter(text);
    return {
      value: write,
      members: (map, changes) => jsonMembers({ text, write }, map, changes),
    };
  },
};

/** Where values lie is found here; whether it is JSON, the engine decides. */
function readStrictJson(text: string): Place | NoDocument {
  const start = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const root = readJson(text, start);
  if ('kind' in root) return root;
  try {
    JSON.parse(text.slice(start));
    return root;
  } catch {
    return noDocument('is not JSON');
  }
}
