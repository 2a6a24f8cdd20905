import { createLogUpdate } from 'log-update';

/**
 * Where commands write: results to stdout, everything else to stderr, so that `--json` leaves stdout to a machine.
 * The only place that touches the process' streams.
 */
export interface Console {
  readonly json: boolean;
  /** A line of the result. */
  out(text: string): void;
  /** A line for the user who is watching. */
  note(text: string): void;
  /** Replaces the previous progress line. If there is no terminal, prints a line now and then. */
  progress(text: string): void;
  /** Keeps the last progress line on the screen. */
  progressDone(): void;
}

const QUIET_MS = 2_000;

export function processConsole(json: boolean): Console {
  const live = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let last = { text: '', at: 0 };
  return {
    json,
    out: text => void process.stdout.write(`${text}\n`),
    note: text => void process.stderr.write(`${text}\n`),
    progress: text => {
      if (live !== undefined) return live(text);
      const now = Date.now();
      if (text === last.text || now - last.at < QUIET_MS) return;
      last = { text, at: now };
      process.stderr.write(`${text}\n`);
    },
    progressDone: () => live?.done(),
  };
}
