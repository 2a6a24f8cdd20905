import { ANY, type PlacePattern } from '../model/place.ts';
import type { AttributePath, PathStep } from '../model/record.ts';
import { isDocumentStep } from './value-at.ts';

const STEP =
  /\.?([^.[\]"]+)|\[(?:(\d+)|(\*)|("(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"))\]/y;

/**
 * Reads a pattern such as `audit.history`, `keys[*].edk`, `byRegion.*` or `["name.with.dots"].edk`; `undefined` for
 * anything else. A pattern stands for a place and everything below it.
 */
export function parsePattern(text: string): readonly (string | number | typeof ANY)[] | undefined {
  const steps: (string | number | typeof ANY)[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const [whole, name, index, any, quoted] = STEP.exec(text) ?? [];
    if (whole === undefined || (name !== undefined && whole.startsWith('.') !== at > 0)) return undefined;
    if (quoted !== undefined) steps.push(JSON.parse(quoted) as string);
    else if (any !== undefined || name === '*') steps.push(ANY);
    else steps.push(name ?? Number(index));
    at = STEP.lastIndex;
  }
  return steps.length === 0 ? undefined : steps;
}

/**
 * A place in the notation of patterns, so that a place shown in a report can be copied into a job. Steps into a document,
 * the body or an annotation of an object are in angle brackets: `envelope<json>.keys[0].edk`, `<annotation edk>`.
 */
export function placeText(path: PlacePattern): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (step === ANY) return text === '' ? '*' : `${text}[*]`;
    if (typeof step === 'object') return `${text}<${partName(step)}>`;
    if (/[.[\]"*<]/.test(step) || step === '') return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function partName(step: Exclude<PathStep, string | number>): string {
  if (!isDocumentStep(step)) return step.part === 'annotation' ? `annotation ${step.name}` : step.part;
  return step.as === 'delimited' ? `${step.as} ${step.by}` : step.as;
}

/** A pattern with its first open steps filled in; the others stay open. */
export function filledIn(pattern: PlacePattern, steps: readonly (string | number)[]): PlacePattern {
  let next = 0;
  return pattern.map(step => (step === ANY && next < steps.length ? (steps[next++] ?? step) : step));
}

/** A pattern without open steps is a path. */
export function asPath(pattern: PlacePattern): AttributePath | undefined {
  return pattern.every(step => step !== ANY) ? pattern : undefined;
}

/** Whether one place could be both, or could be within the other. */
export function mayMeet(one: PlacePattern, other: PlacePattern): boolean {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  return shorter.every((step, at) => mayBeSame(step, longer[at]));
}

function mayBeSame(one: PlacePattern[number] | undefined, other: PlacePattern[number] | undefined): boolean {
  if (one === ANY) return typeof other !== 'object';
  if (other === ANY) return typeof one !== 'object';
  return stepName(one) === stepName(other);
}

/** Equal for equal steps. A number may also be the name of a member. */
function stepName(step: PlacePattern[number] | undefined): string | symbol | undefined {
  if (typeof step === 'object') return Symbol.for(JSON.stringify(step));
  return typeof step === 'number' ? String(step) : step;
}

/** Places that are not looked at, as a tree that is walked step by step together with a record. */
export class PlaceTree {
  readonly #children = new Map<string | symbol | undefined, PlaceTree>();
  #isPlace = false;

  static of(paths: readonly PlacePattern[]): PlaceTree {
    const tree = new PlaceTree();
    for (const path of paths) tree.#add(path);
    return tree;
  }

  #add([step, ...rest]: PlacePattern): void {
    if (step === undefined) {
      this.#isPlace = true;
      return;
    }
    const name = stepName(step);
    const child = this.#children.get(name) ?? new PlaceTree();
    this.#children.set(name, child);
    child.#add(rest);
  }

  /** The trees below a step; `place` if one of them ends there. */
  static below(trees: readonly PlaceTree[], step: PathStep): readonly PlaceTree[] | 'place' {
    const next: PlaceTree[] = [];
    for (const tree of trees)
      for (const child of [tree.#children.get(stepName(step)), tree.#children.get(stepName(ANY))])
        if (child !== undefined) next.push(child);
    return next.some(child => child.#isPlace) ? 'place' : next;
  }
}
