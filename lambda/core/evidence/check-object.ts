import { lineMark, objectEnd } from './chain.ts';

/** A difference between a journal and what was sealed, and where it is. */
export interface Difference {
  readonly kind: 'changed' | 'removed' | 'added' | 'reordered' | 'unreadable' | 'not-sealed' | 'miscounted';
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
  readonly mark: string;
  readonly after?: string;
  readonly end?: string;
}

const SEALED =
  /^(.*),"seal":"(\d{1,9})\/(\d{1,9}):([0-9a-f]{8})(?::after=([0-9a-f]{64}))?(?::end=([0-9a-f]{64}))?"\}$/;

/** Checks the lines of a journal object against each other: which of them is not as it was sealed? */
export function checkObject(name: string, text: string): CheckedObject {
  const read = text.split('\n').map((line, index) => lineOf(line, index + 1));
  const rest = text.endsWith('\n') ? read.slice(0, -1) : read;
  const lines = rest.filter(line => typeof line === 'object');
  const unsealed = rest.filter(line => typeof line === 'number');
  const [first] = lines;
  if (first === undefined) return { name, lines: 0, differences: [nothingSealed(name)] };
  const after = lines.find(one => one.after !== undefined)?.after;
  const end = lines.find(one => one.end !== undefined)?.end;
  const found = [
    ...unsealed.map(at =>
      difference(name, at, ['added', 'has no seal: it was added, or its seal was removed']),
    ),
    ...wrongMarks(name, lines),
    ...wrongPlaces(name, lines, first.total),
  ];
  return {
    name,
    ...(after !== undefined && { after }),
    ...(end !== undefined && { end }),
    lines: first.total,
    differences: found.length > 0 || isWhole(name, lines) ? found : [writtenAnew(name)],
  };
}

function lineOf(text: string, at: number): Line | number {
  const [, body, number, total, mark, after, end] = SEALED.exec(text) ?? [];
  if (body === undefined || mark === undefined) return at;
  return {
    ...{ at, body: `${body}}`, number: Number(number), total: Number(total), mark },
    ...(after !== undefined && { after }),
    ...(end !== undefined && { end }),
  };
}

/** Whether the object has the end that it names: that alone proves anything. */
function isWhole(name: string, lines: readonly Line[]): boolean {
  const after = lines[0]?.after;
  const bodies = lines.map(({ body }) => body);
  return after !== undefined && lines.at(-1)?.end === objectEnd(after, name, bodies);
}

function writtenAnew(object: string): Difference {
  const words = `${object} is not what was sealed: it was written anew, or stands under another name`;
  return { kind: 'changed', object, words };
}

/** Lines that do not fit their marks, or that there are twice. */
function wrongMarks(name: string, lines: readonly Line[]): readonly Difference[] {
  const seen = new Set<number>();
  return lines.flatMap(({ at, body, number, mark }) => {
    if (seen.has(number))
      return [
        difference(name, at, [
          'added',
          `says that it is line ${number}, which is there already: it was added`,
        ]),
      ];
    seen.add(number);
    if (lineMark(body) === mark) return [];
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
