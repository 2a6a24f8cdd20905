import type { AttributePath } from './record.ts';

/** A step of a pattern: a name, an index, or any step. */
type PatternStep = string | number | typeof ANY;

const ANY = Symbol('any');
const STEP =
  /\.?([^.[\]"]+)|\[(?:(\d+)|(\*)|("(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"))\]/y;

/**
 * Reads a pattern such as `audit.history`, `keys[*].edk`, `byRegion.*` or `["name.with.dots"].edk`; `undefined` for
 * anything else. A pattern stands for a place and everything below it.
 */
export function parsePattern(text: string): readonly PatternStep[] | undefined {
  const steps: PatternStep[] = [];
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

/** A path in the notation of patterns, so that a place shown in a report can be copied into a job. */
export function placeText(path: AttributePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/[.[\]"*]/.test(step) || step === '') return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Places that are not looked at, as a tree that is walked step by step together with a record. */
export class PlaceTree {
  readonly #children = new Map<PatternStep, PlaceTree>();
  #isPlace = false;

  static of(paths: readonly (readonly PatternStep[])[]): PlaceTree {
    const tree = new PlaceTree();
    for (const path of paths) tree.#add(path);
    return tree;
  }

  #add([step, ...rest]: readonly PatternStep[]): void {
    if (step === undefined) {
      this.#isPlace = true;
      return;
    }
    const child = this.#children.get(step) ?? new PlaceTree();
    this.#children.set(step, child);
    child.#add(rest);
  }

  /** The trees below a step; `place` if one of them ends there. */
  static below(trees: readonly PlaceTree[], step: string | number): readonly PlaceTree[] | 'place' {
    const next: PlaceTree[] = [];
    for (const tree of trees)
      for (const child of [tree.#children.get(step), tree.#children.get(ANY)])
        if (child !== undefined) next.push(child);
    return next.some(child => child.#isPlace) ? 'place' : next;
  }
}
