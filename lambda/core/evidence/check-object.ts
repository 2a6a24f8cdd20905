import { lineLink, objectStart } from './chain.ts';

/** A difference between a journal and what was sealed, and where it is. */
export interface Difference {
  readonly kind: 'changed' | 'removed' | 'added' | 'reordered' | 'unreadable' | 'not-sealed';
  /** A journal object, or the unit where none can be named. */
  readonly object: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly words: string;
}

export interface CheckedObject {
  readonly name: string;
  /** The end of the object that it says it follows. Absent where its first line is gone. */
  readonly after?: string;
  /** The end of its chain, as it stands in its last line. Absent where that is not there. */
  readonly end?: string;
  readonly lines: number;
  readonly differences: readonly Difference[];
}

interface Line {
  /** Counted from 1, in the text as it is. */
  readonly at: number;
  /** Without its seal. */
  readonly body: string;
  readonly number: number;
  readonly total: number;
  readonly link: string;
  readonly after?: string;
}

const SEALED = /^(.*),"seal":"(\d{1,9})\/(\d{1,9}):([0-9a-f]{64})(?::([0-9a-f]{64}))?"\}$/;

/** Checks the lines of a journal object against each other: which of them is not as it was sealed? */
export function checkObject(name: string, text: string): CheckedObject {
  const read = text.split('\n').map((line, index) => lineOf(line, index + 1));
  const rest = text.endsWith('\n') ? read.slice(0, -1) : read;
  const lines = rest.filter(line => typeof line === 'object');
  const unsealed = rest.filter(line => typeof line === 'number');
  const [first] = lines;
  if (first === undefined) return { name, lines: 0, differences: [nothingSealed(name)] };
  const { total } = first;
  const opening = lines.find(({ number }) => number === 1);
  const last = lines.find(({ number }) => number === total);
  return {
    name,
    ...(opening?.after !== undefined && { after: opening.after }),
    ...(last !== undefined && { end: last.link }),
    lines: total,
    differences: [
      ...unsealed.map(at =>
        difference(name, at, ['added', 'has no seal: it was added, or its seal was removed']),
      ),
      ...wrongLinks(name, lines, opening?.after),
      ...wrongPlaces(name, lines, total),
    ],
  };
}

function lineOf(text: string, at: number): Line | number {
  const [, body, number, total, link, after] = SEALED.exec(text) ?? [];
  if (body === undefined || link === undefined) return at;
  return {
    ...{ at, body: `${body}}`, number: Number(number), total: Number(total), link },
    ...(after !== undefined && { after }),
  };
}

/** Lines that do not follow from what stands before them, in the order in which they were sealed. */
function wrongLinks(name: string, lines: readonly Line[], after: string | undefined): readonly Difference[] {
  const links = new Map(lines.map(({ number, link }) => [number, link]));
  const start = after === undefined ? undefined : objectStart(after, name);
  const seen = new Set<number>();
  return lines.flatMap(({ at, body, number, total, link }) => {
    if (seen.has(number))
      return [
        difference(name, at, [
          'added',
          `says that it is line ${number}, which is there already: it was added`,
        ]),
      ];
    seen.add(number);
    const before = number === 1 ? start : links.get(number - 1);
    // What stood before it is gone, which is a difference of its own.
    if (before === undefined || lineLink(before, `${number}/${total}`, body) === link) return [];
    return [difference(name, at, ['changed', 'is not what was sealed: it was changed'])];
  });
}

/** Lines that are gone, or stand elsewhere. */
function wrongPlaces(name: string, lines: readonly Line[], total: number): readonly Difference[] {
  const there = new Set(lines.map(({ number }) => number));
  const gone = Array.from({ length: Math.min(total, lines.length + MOST_NAMED) }, (_, index) => index + 1)
    .filter(number => !there.has(number))
    .map(number => difference(name, number, ['removed', `of ${total} is gone`]));
  const moved = lines.flatMap(({ at, number }, index) =>
    index > 0 && number < (lines[index - 1]?.number ?? 0)
      ? [difference(name, at, ['reordered', `was sealed as line ${number}: the lines are in another order`])]
      : [],
  );
  return [...gone, ...moved];
}

/** Whoever can write a total of a billion must not make us name a billion lines. */
const MOST_NAMED = 100;

function nothingSealed(object: string): Difference {
  return {
    kind: 'not-sealed',
    object,
    words: `${object} has no seal: it was written by an earlier version, or is none of this journal`,
  };
}

function difference(object: string, line: number, [kind, words]: [Difference['kind'], string]): Difference {
  return { kind, object, line, words: `${object}: line ${line} ${words}` };
}
