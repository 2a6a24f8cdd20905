import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, PathStep } from '../model/record.ts';
import type { Setting } from './document.ts';
import { childAt, children, type Place } from './place.ts';

/** Settings by the steps of their paths. */
export interface Wanted {
  readonly setting?: Setting;
  readonly steps: ReadonlyMap<PathStep, Wanted>;
}

interface Growing {
  setting?: Setting;
  readonly steps: Map<PathStep, Growing>;
}

export function wantedOf(settings: readonly Setting[]): Wanted {
  const root: Growing = { steps: new Map() };
  for (const setting of settings) {
    const at = grown(root, setting);
    if (at.setting !== undefined || at.steps.size > 0) throw overlap();
    at.setting = setting;
  }
  return root;
}

function grown(root: Growing, { path }: Setting): Growing {
  let at = root;
  for (const step of path) {
    if (at.setting !== undefined) throw overlap();
    const next = at.steps.get(step) ?? { steps: new Map<PathStep, Growing>() };
    at.steps.set(step, next);
    at = next;
  }
  return at;
}

function overlap(): TypeError {
  return new TypeError('A place is to be replaced twice, or together with what lies within it.');
}

/** Whether a text reads, after a change, as it did before, but for what was wanted. */
export function agrees(before: Place | undefined, after: Place | undefined, wanted: Wanted): boolean {
  if (wanted.setting !== undefined) return says(after, wanted.setting.after);
  if (before === undefined || after === undefined || after.closed !== before.closed) return false;
  if (wanted.steps.size === 0) return isDeepStrictEqual(before.shown, after.shown);
  if (before.inside?.kind !== after.inside?.kind || !sameSteps(before, after, wanted)) return false;
  for (const [step, one] of wanted.steps)
    if (!agrees(childAt(before, step), childAt(after, step), one)) return false;
  return true;
}

function says(place: Place | undefined, value: AttributeValue | undefined): boolean {
  if (place === undefined || value === undefined) return place === undefined && value === undefined;
  return place.closed === undefined && isDeepStrictEqual(place.shown, value);
}

/** Whether nothing came, went or changed that was not meant to. */
function sameSteps(before: Place, after: Place, { steps }: Wanted): boolean {
  for (const [step, place] of children(before))
    if (!steps.has(step) && !agrees(place, childAt(after, step), UNCHANGED)) return false;
  for (const [step] of children(after))
    if (!steps.has(step) && childAt(before, step) === undefined) return false;
  return true;
}

const UNCHANGED: Wanted = { steps: new Map() };
