import type { AttributePath, AttributeValue, PathStep } from '../model/record.ts';
import type { Closed } from './document.ts';

/** A value within a text: what it says, and from where to where it is written. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly shown: AttributeValue;
  /** Why it can be neither replaced nor trusted. */
  readonly closed?: string;
  readonly inside?: Inside;
}

type Inside =
  | {
      readonly kind: 'members';
      readonly entries: readonly Entry[];
      readonly byName: ReadonlyMap<string, Place>;
    }
  | { readonly kind: 'elements'; readonly elements: readonly Place[] };

/** A member where it is written: from where to where its name, and its value. */
export interface Entry {
  readonly name: string;
  readonly start: number;
  readonly nameEnd: number;
  readonly place: Place;
}

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly closed?: string;
}

/** A map of the entries. A name that occurs twice is closed: readers disagree about which of them counts. */
export function membersPlace(span: Span, entries: readonly Entry[]): Place {
  const byName = new Map<string, Place>();
  const first = new Set<string>();
  for (const { name, place } of entries) {
    const twice = first.has(name);
    byName.set(name, twice ? { ...place, closed: 'its name occurs more than once' } : place);
    first.add(name);
  }
  const shown = Object.fromEntries([...byName].map(([name, place]) => [name, place.shown]));
  return { ...span, shown: { M: shown }, inside: { kind: 'members', entries, byName } };
}

export function elementsPlace(span: Span, elements: readonly Place[]): Place {
  return {
    ...span,
    shown: { L: elements.map(({ shown }) => shown) },
    inside: { kind: 'elements', elements },
  };
}

export function childAt(place: Place, step: PathStep): Place | undefined {
  if (place.inside?.kind === 'members')
    return typeof step === 'string' ? place.inside.byName.get(step) : undefined;
  return typeof step === 'number' ? place.inside?.elements[step] : undefined;
}

export function placeAt(root: Place, path: AttributePath): Place | undefined {
  return path.reduce<Place | undefined>((place, step) => place && childAt(place, step), root);
}

/** The outermost closed places. */
export function closedPlaces(root: Place): readonly Closed[] {
  const closed: Closed[] = [];
  const visit = (place: Place, path: AttributePath): void => {
    if (place.closed !== undefined) closed.push({ path, reason: place.closed });
    else for (const [step, child] of children(place)) visit(child, [...path, step]);
  };
  visit(root, []);
  return closed;
}

export function children(place: Place): Iterable<readonly [string | number, Place]> {
  if (place.inside === undefined) return [];
  return place.inside.kind === 'members' ? place.inside.byName : place.inside.elements.entries();
}
