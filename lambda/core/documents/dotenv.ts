import type { AttributeValue } from '../model/record.ts';
import { noDocument, type NoDocument } from './document.ts';
import { plainDotenvEntry, plainDotenvValue } from './dotenv-plain.ts';
import { DISPUTED_IN_LINES, firstThatReads, Lines } from './lines.ts';
import { membersPlace, type Entry, type Place } from './place.ts';
import type { TextForm } from './text-document.ts';

/**
 * Lines of `NAME=value`. A file with names of SOPS is read as SOPS reads it: a value is all that stands behind the equals
 * sign, quotes included, and `\n` in it is a line break. Any other file is read as the dotenv libraries do.
 */
export const dotenv: TextForm = {
  read,
  writer: text => ({ value: isOfSops(text) ? sopsValue : plainDotenvValue }),
};

function isOfSops(text: string): boolean {
  return /^\uFEFF?sops_/m.test(text);
}

function read(text: string): Place | NoDocument {
  if (DISPUTED_IN_LINES.test(text))
    return noDocument('has characters that readers of dotenv do not agree about');
  const entryOf = isOfSops(text) ? sopsEntry : plainDotenvEntry;
  const lines = new Lines(text);
  const entries: Entry[] = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const entry = entryOf(text, line, lines);
    if (entry !== undefined) entries.push(entry);
  }
  return lines.problem === undefined
    ? membersPlace({ start: 0, end: text.length }, entries)
    : noDocument(lines.problem);
}

function sopsEntry(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  lines: Lines,
): Entry | undefined {
  if (start === end || text[start] === '#') return undefined;
  const equals = text.slice(start, end).indexOf('=');
  if (equals < 0) lines.refuse('is not dotenv');
  const nameEnd = start + equals;
  const place = { start: nameEnd + 1, end, shown: { S: sopsText(text.slice(nameEnd + 1, end)) } };
  return { name: text.slice(start, nameEnd), start, nameEnd, place };
}

function sopsText(written: string): string {
  return written.replaceAll('\\n', '\n');
}

function sopsValue(after: AttributeValue): string {
  return firstThatReads('S' in after ? [after.S.replaceAll('\n', '\\n')] : [], after, sopsText);
}
