/** What the names of a guide stand for, such as <run>. Once a name is known, it stands for the same everywhere. */
export type Names = ReadonlyMap<string, string>;

export type Match =
  | { readonly kind: 'same'; readonly names: Names }
  | { readonly kind: 'different'; readonly expected: string; readonly actual: string };

/** A run of lines that the guide leaves out. */
const GAP = '…';
const HOLE = /<([a-z][a-z-]*)>|…/g;

/** Compares what a command has printed with what the guide shows, line by line, from the first line to the last. */
export function matched(expected: readonly string[], actual: readonly string[], known: Names): Match {
  const [first, ...rest] = expected;
  if (first === undefined) {
    const extra = actual[0];
    return extra === undefined
      ? { kind: 'same', names: known }
      : { kind: 'different', expected: '(nothing more)', actual: extra };
  }
  if (first.trim() === GAP) return afterGap(rest, actual, known);
  const line = actual[0];
  const names = line === undefined ? undefined : lineMatched(first, line, known);
  if (names === undefined) return { kind: 'different', expected: first, actual: line ?? '(nothing more)' };
  return matched(rest, actual.slice(1), names);
}

/** The farthest difference is the one to show: a gap that ends too early or too late differs at once. */
function afterGap(rest: readonly string[], actual: readonly string[], known: Names): Match {
  if (rest.length === 0) return { kind: 'same', names: known };
  const start = actual.findIndex(line => lineMatched(rest[0] ?? '', line, known) !== undefined);
  if (start < 0)
    return { kind: 'different', expected: rest[0] ?? '', actual: `no such line in:\n${actual.join('\n')}` };
  const here = matched(rest, actual.slice(start), known);
  if (here.kind === 'same') return here;
  const later = afterGap(rest, actual.slice(start + 1), known);
  return later.kind === 'same' ? later : here;
}

/** The names, with those of this line. `undefined` if the line is another one. */
function lineMatched(expected: string, actual: string, known: Names): Names | undefined {
  const found = new RegExp(`^${patternOf(filledIn(expected, known))}$`).exec(actual.trimEnd());
  return found === null ? undefined : new Map([...known, ...Object.entries(found.groups ?? {})]);
}

function patternOf(line: string): string {
  let [pattern, end] = ['', 0];
  const seen = new Set<string>();
  for (const { 0: hole, 1: name, index } of line.trimEnd().matchAll(HOLE)) {
    pattern += escaped(line.slice(end, index));
    if (name === undefined) pattern += '.*?';
    else pattern += seen.has(name) ? `\\k<${groupOf(name)}>` : `(?<${groupOf(name)}>\\S+?)`;
    if (name !== undefined) seen.add(name);
    end = index + hole.length;
  }
  return pattern + escaped(line.trimEnd().slice(end));
}

/** A command or a line, with every name that is known replaced by what it stands for. */
export function filledIn(text: string, known: Names): string {
  return text.replace(HOLE, (hole, name?: string) =>
    name === undefined ? hole : (known.get(groupOf(name)) ?? hole),
  );
}

/** Groups of regular expressions have no hyphens in their names. */
function groupOf(name: string): string {
  return name.replaceAll('-', '_');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
