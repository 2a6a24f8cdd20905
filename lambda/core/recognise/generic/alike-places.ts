import type { GenericCandidate } from '../candidate.ts';
import { patternText, slotText, type GenericPlace, type PlaceStep } from './generic-place.ts';

/** So many different names at one step are taken for data, and not for names of the application. */
const NAMES_OF_DATA = 3;

/**
 * The same candidates, with any member in place of names that differ from record to record: `byTenant.t1`, `byTenant.t2` and
 * so on are `byTenant.*`. Names at the top of a record stay.
 */
export function withAlikePlaces(candidates: readonly GenericCandidate[]): readonly GenericCandidate[] {
  const longest = Math.max(0, ...candidates.map(({ place }) => stepsOf(place).length));
  let alike = candidates;
  for (let index = 0; index < Math.min(longest, MOST_STEPS); index++) alike = widenedAt(alike, index);
  return alike;
}

const MOST_STEPS = 40;

/** The steps that may be any: within a document all of them. */
function stepsOf({ path, json }: GenericPlace): readonly PlaceStep[] {
  return json === undefined ? path.slice(1) : json.path;
}

function widenedAt(candidates: readonly GenericCandidate[], index: number): readonly GenericCandidate[] {
  const names = new Map<string, Set<string>>();
  const masked = candidates.map(candidate => {
    const step = stepsOf(candidate.place)[index];
    if (typeof step !== 'string' || !mayBeAny(candidate, index)) return undefined;
    const place = withAny(candidate.place, index);
    const slot = slotText(place);
    names.set(slot, (names.get(slot) ?? new Set()).add(step));
    return { ...candidate, place, slot };
  });
  return candidates.map((candidate, at) => {
    const any = masked[at];
    return any !== undefined && (names.get(any.slot)?.size ?? 0) >= NAMES_OF_DATA ? any : candidate;
  });
}

/** At the end of a path only if all that is there are ciphertexts. */
function mayBeAny({ place, onlyOneKind }: GenericCandidate, index: number): boolean {
  return index < stepsOf(place).length - 1 || onlyOneKind;
}

function withAny(place: GenericPlace, index: number): GenericPlace {
  const any = (path: readonly PlaceStep[], at: number): readonly PlaceStep[] =>
    path.map((step, here) => (here === at ? { any: 'member' } : step));
  if (place.json === undefined) return { ...place, path: any(place.path, index + 1) };
  return { ...place, json: { ...place.json, path: any(place.json.path, index) } };
}

/** The map or list that a place is in, as text. */
export function parentOf({ path, json }: GenericPlace): string {
  return json === undefined
    ? patternText(path.slice(0, -1))
    : `${patternText(path)}#${patternText(json.path.slice(0, -1))}`;
}
