import { visible, visibleData, visibleJson } from '../../lambda/core/model/visible.ts';
import type { Output, Written } from './output.ts';

/**
 * Where commands write: results to stdout, everything else to stderr, so that `--json` leaves stdout to a machine.
 * The gate of all that reaches a terminal: tables, objects and errors have names and words of others, which may hold anything.
 */
export interface Console {
  readonly json: boolean;
  /**
   * The result: as JSON, or as the text that `render` makes of it, in colors of ours. `render` gets the data with every
   * character made visible, and so nothing in it can begin a line, a color or any other sequence.
   */
  result<Data>(data: Data, render: (data: Data) => string): void;
  /** What a machine is told where people get a note: one line of JSON, with `--json` only. */
  answer(data: object): void;
  /** Lines of ours on stdout. */
  out(text: string): void;
  /** A line for the user who is watching. */
  note(text: string): void;
  /** Replaces what it has shown before by the screen; where there is no terminal, prints a line now and then. */
  progress<Data>(data: Data, shown: ProgressShown<Data>): void;
  /** Keeps the last progress on the screen. */
  progressDone(): void;
  /** Asks a person, and is absent where none is there to answer: without a terminal, and with `--json`. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Whether all of stdout has been taken by its reader. */
  settled(): Promise<Written>;
}

interface ProgressShown<Data> {
  readonly line: (data: Data) => string;
  readonly screen: (data: Data, columns: number) => string;
}

const QUIET_MS = 2_000;

interface Live {
  (text: string): void;
  done(): void;
  readonly columns: () => number;
}

interface Streams {
  readonly json: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => number;
  /** Lines of a terminal that can be replaced. */
  readonly live?: Live;
  /** A person's answer to a question. */
  readonly ask?: (question: string) => Promise<string>;
}

export function consoleOver({ json, stdout, stderr, now, live, ask }: Streams): Console {
  let last = { text: '', at: -Infinity };
  return {
    json,
    result: (data, render) =>
      stdout.write(
        json ? `${visibleJson(JSON.stringify(data, null, 2))}\n` : `${inColors(render(visibleData(data)))}\n`,
      ),
    answer: data => {
      if (json) stdout.write(`${visibleJson(JSON.stringify(data))}\n`);
    },
    out: text => stdout.write(`${inLines(text)}\n`),
    note: text => stderr.write(`${inLines(text)}\n`),
    progress: (data, { line, screen }) => {
      if (live !== undefined) return live(inColors(screen(visibleData(data), live.columns())));
      const text = inLines(line(data));
      if (text === last.text || now() - last.at < QUIET_MS) return;
      last = { text, at: now() };
      stderr.write(`${text}\n`);
    },
    progressDone: () => live?.done(),
    settled: () => stdout.settled(),
    ...(ask !== undefined &&
      !json && {
        confirm: async question => /^y(es)?$/i.test((await ask(`${inLines(question)} [y/N] `)).trim()),
      }),
  };
}

/** Everything visible, in lines. */
export function inLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** The sequences of picocolors and of cli-table3's borders, which is all that we send. */
const COLORS = /(\u001b\[(?:[0-2]|22|3[0-9]|90)m|\n)/;

function inColors(text: string): string {
  return text
    .split(COLORS)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('');
}
