import type { JsonWriter } from './json-values.ts';
import type { Entry, Place } from './place.ts';
import type { AddedMember, Edit, MemberChanges } from './text-edits.ts';

interface JsonText {
  readonly text: string;
  readonly write: JsonWriter;
}

/** Adds members behind the last one, in the manner of it, and removes others. To remove what was added last restores the text. */
export function jsonMembers(json: JsonText, map: Place, { added, removed }: MemberChanges): readonly Edit[] {
  if (map.inside?.kind !== 'members') throw new TypeError('Only an object has members.');
  const { entries } = map.inside;
  const kept = entries.findLast(({ name }) => !removed.has(name));
  const edits = removals(entries, removed);
  if (added.length === 0) return edits;
  const at = kept?.place.end ?? map.start + 1;
  const manner = mannerOf(json.text, map.start, entries);
  const members = added.map(one => memberText(json, manner, one));
  const first = kept === undefined ? '' : `,${manner.lead}`;
  return [...edits, { start: at, end: at, text: first + members.join(`,${manner.lead}`) }];
}

/** Each comma goes with the member behind it, but for those before the first that stays. */
function removals(entries: readonly Entry[], removed: ReadonlySet<string>): readonly Edit[] {
  const edits: Edit[] = [];
  let keptBefore = false;
  for (const [index, { name, start, place }] of entries.entries()) {
    if (!removed.has(name)) {
      keptBefore = true;
      continue;
    }
    const [before, behind] = [entries[index - 1], entries[index + 1]];
    edits.push(
      keptBefore && before !== undefined
        ? { start: before.place.end, end: place.end, text: '' }
        : { start, end: behind?.start ?? place.end, text: '' },
    );
  }
  return edits;
}

/** What stands before a name, and between it and its value. */
interface Manner {
  readonly lead: string;
  readonly colon: string;
}

function mannerOf(text: string, opened: number, entries: readonly Entry[]): Manner {
  const [last, before] = [entries.at(-1), entries.at(-2)];
  if (last === undefined) return { lead: ' ', colon: ': ' };
  const gap = text.slice(before?.place.end ?? opened + 1, last.start).replace(',', '');
  const colon = text.slice(last.nameEnd, last.place.start);
  // The only member of `{"one": 1}` does not show what stands between two.
  const lead = gap === '' && before === undefined && colon.endsWith(' ') ? ' ' : gap;
  return { lead, colon };
}

function memberText(json: JsonText, { colon }: Manner, { name, after, written }: AddedMember): string {
  return `${json.write({ S: name }, '')}${colon}${written ?? json.write(after, '')}`;
}
