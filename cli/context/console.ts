import { visible, visibleData, visibleJson } from '../../lambda/core/model/visible.ts';
import { stepsText, type NextStep } from '../next-steps/next-step.ts';
import type { Output, Written } from './output.ts';

/**
 * Where commands write: results to stdout, everything else to stderr, so that `--json` leaves stdout to a machine.
 * The gate of all that reaches a terminal: tables, objects and errors have names and words of others, which may hold anything.
 */
export interface Console {
  readonly json: boolean;
  /**
   * The result: as JSON, or as the text that `render` makes of it, in colors of ours. `render` gets the data with every
   * character made visible, and so nothing in it can begin a line, a color or any other sequence. Every result has next steps: in
   * JSON as `nextSteps`, in a text as its last lines.
   */
  result<Data extends object>(
    data: Data,
    render: (data: Data) => string,
    nextSteps: readonly NextStep[],
  ): void;
  /** What a machine is told where people get a note: one line of JSON, with `--json` only. */
  answer(data: object, nextSteps: readonly NextStep[]): void;
  /**
   * What a machine is told where a command ends without a result: one JSON document, with `--json` only, and only if stdout has
   * nothing yet. Without words of its own, it has those of the notes before it.
   */
  unanswered(failure: Unanswered): void;
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
  /** Asks a person for a line; absent where `confirm` is. */
  readonly asksFor?: AsksFor;
  /** Whether all of stdout has been taken by its reader. */
  settled(): Promise<Written>;
}

/** Why there is no result. `code` is that of an error of ours. */
interface Unanswered {
  readonly name: 'Refused' | 'Failed' | 'NotShown';
  readonly code?: string | undefined;
  readonly words?: string | undefined;
}

/** A line from a person, or `undefined` where they would rather stop. */
export type AsksFor = (question: LineQuestion) => Promise<string | undefined>;

interface LineQuestion {
  readonly message: string;
  /** Taken where nothing is typed. */
  readonly proposal?: string;
  /** What is wrong with an answer; it is asked again. */
  readonly problem: (answer: string) => string | undefined;
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
  readonly asksFor?: AsksFor;
}

export function consoleOver({ json, stdout, stderr, now, live, ask, asksFor }: Streams): Console {
  let last = { text: '', at: -Infinity };
  const { write, noted, unanswered } = answeringOnce(stdout, json);
  return {
    json,
    result: (data, render, nextSteps) =>
      write(
        json
          ? `${visibleJson(JSON.stringify({ ...data, nextSteps }, null, 2))}\n`
          : `${inColors(`${render(visibleData(data))}${stepsText(visibleData(nextSteps))}`)}\n`,
      ),
    answer: (data, nextSteps) => {
      if (json) write(`${visibleJson(JSON.stringify({ ...data, nextSteps }))}\n`);
    },
    unanswered,
    out: text => write(`${inLines(text)}\n`),
    note: text => {
      noted(text);
      stderr.write(`${inLines(text)}\n`);
    },
    progress: (data, { line, screen }) => {
      if (live !== undefined) return live(inColors(screen(visibleData(data), live.columns())));
      const text = inLines(line(data));
      if (text === last.text || now() - last.at < QUIET_MS) return;
      last = { text, at: now() };
      stderr.write(`${text}\n`);
    },
    progressDone: () => live?.done(),
    settled: () => stdout.settled(),
    ...(asksFor !== undefined &&
      !json && {
        asksFor: question => asksFor({ ...question, message: visible(question.message) }),
      }),
    ...(ask !== undefined &&
      !json && {
        confirm: async question => /^y(es)?$/i.test((await ask(`${inLines(question)} [y/N] `)).trim()),
      }),
  };
}

/** Stdout of a command, and what a machine gets where nothing has been written there. */
function answeringOnce(stdout: Output, json: boolean) {
  let answered = false;
  const notes: string[] = [];
  const write = (text: string): void => {
    answered = true;
    stdout.write(text);
  };
  return {
    write,
    noted: (text: string): void => {
      if (json && !answered) notes.push(text);
    },
    unanswered: ({ name, code, words = notes.join('\n') }: Unanswered): void => {
      if (json && !answered) write(unansweredText({ name, code, words }));
    },
  };
}

function unansweredText(error: Unanswered): string {
  const notChecked = ['all that was asked: the command ended before it had a result'];
  return `${visibleJson(JSON.stringify({ error, notChecked, nextSteps: [] }, null, 2))}\n`;
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
