import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, PathStep } from '../model/record.ts';
import type { Setting } from './document.ts';
import { childAt, type Place } from './place.ts';
import type { Wanted } from './wanted.ts';

/** What replaces a part of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Writer {
  /** The source text of a value in the style of the old text. It throws a `TypeError` if none can say it. */
  value(after: AttributeValue, old: string): string;
  /** The edits that add members to a map and remove others. Without it, the form can do neither. */
  members?(map: Place, changes: MemberChanges): readonly Edit[];
}

export interface MemberChanges {
  readonly added: readonly AddedMember[];
  readonly removed: ReadonlySet<string>;
}

export interface AddedMember {
  readonly name: string;
  readonly after: AttributeValue;
  readonly written: string | undefined;
}

interface Writing {
  readonly text: string;
  readonly writer: Writer;
}

export function textEdits(writing: Writing, place: Place, wanted: Wanted): readonly Edit[] {
  if (wanted.setting === undefined && wanted.steps.size === 0) return [];
  if (place.closed !== undefined) throw new TypeError(`A value cannot be replaced: ${place.closed}.`);
  if (wanted.setting !== undefined) return [valueEdit(writing, place, wanted.setting)];
  const edits: Edit[] = [];
  const added: AddedMember[] = [];
  const removed = new Set<string>();
  for (const [step, one] of wanted.steps) {
    const there = childAt(place, step);
    if (there === undefined) added.push(addedMember(place, step, one));
    else if (one.setting !== undefined && one.setting.after === undefined)
      removed.add(removedName(step, there));
    else for (const edit of textEdits(writing, there, one)) edits.push(edit);
  }
  if (added.length + removed.size === 0) return edits;
  if (writing.writer.members === undefined)
    throw new TypeError('Such a document takes no new members, and loses none.');
  return edits.concat(writing.writer.members(place, { added, removed }));
}

function valueEdit({ text, writer }: Writing, { start, end, shown }: Place, setting: Setting): Edit {
  const { after, written } = setting;
  if (after === undefined) throw new TypeError('Only a member of a map can be removed.');
  const old = text.slice(start, end);
  // A block of YAML has its last line break. A text in quotes that took its place stands before that.
  const lastBreak = /\r?\n$/.exec(written ?? '')?.[0];
  if (
    written !== undefined &&
    lastBreak !== undefined &&
    !old.endsWith('\n') &&
    text.startsWith(lastBreak, end)
  )
    return { start, end: end + lastBreak.length, text: written };
  // Styles that the writer does not have, such as escapes without need, last as long as the value does.
  return { start, end, text: written ?? (isDeepStrictEqual(shown, after) ? old : writer.value(after, old)) };
}

function addedMember(place: Place, step: PathStep, { setting }: Wanted): AddedMember {
  if (place.inside?.kind !== 'members' || typeof step !== 'string' || setting?.after === undefined)
    throw new TypeError('There is no value at a place that is to be replaced.');
  return { name: step, after: setting.after, written: setting.written };
}

function removedName(step: PathStep, { closed }: Place): string {
  if (typeof step !== 'string') throw new TypeError('Only a member of a map can be removed.');
  if (closed !== undefined) throw new TypeError(`A value cannot be removed: ${closed}.`);
  return step;
}

export function applied(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    if (edit.start < at) throw new TypeError('Two of the places overlap.');
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join('') + text.slice(at);
}
