import type { AttributePath, AttributeValue } from '../model/record.ts';
import { type NoDocument, type OpenedDocument, type Setting } from './document.ts';
import { closedPlaces, placeAt, type Place } from './place.ts';
import { sourceText, type SourceText } from './source-text.ts';
import { applied, textEdits, type Writer } from './text-edits.ts';
import { agrees, wantedOf } from './wanted.ts';

/** How a kind of text is read and written. */
export interface TextForm {
  read(text: string): Place | NoDocument;
  writer(text: string): Writer;
}

/** Opens a text whose values are places in it, and changes it place by place. */
export function openText(value: AttributeValue, form: TextForm): OpenedDocument {
  const source = sourceText(value);
  if (source.kind === 'no-document') return source;
  const root = form.read(source.text);
  if ('kind' in root) return root;
  return {
    kind: 'document',
    root: root.shown,
    closed: closedPlaces(root),
    written: path => writtenAt(source.text, root, path),
    replaced: settings => replacedIn({ source, root, form }, settings),
  };
}

function writtenAt(text: string, root: Place, path: AttributePath): string | undefined {
  const place = placeAt(root, path);
  return place && text.slice(place.start, place.end);
}

interface Opened {
  readonly source: SourceText;
  readonly root: Place;
  readonly form: TextForm;
}

/** The changed text is read again: nothing is returned in which a value lies elsewhere, or says something else. */
function replacedIn({ source, root, form }: Opened, settings: readonly Setting[]): AttributeValue {
  const wanted = wantedOf(settings);
  const edits = textEdits({ text: source.text, writer: form.writer(source.text) }, root, wanted);
  const changed = source.valueOf(applied(source.text, edits));
  const again = sourceText(changed);
  if (again.kind === 'no-document') throw new TypeError(`With these values it ${again.reason}.`);
  const after = form.read(again.text);
  if ('kind' in after) throw new TypeError(`With these values it ${after.reason}.`);
  if (!agrees(root, after, wanted)) throw new TypeError('It cannot hold these values at these places.');
  return changed;
}
