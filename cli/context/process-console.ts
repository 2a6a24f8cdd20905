import { createInterface } from 'node:readline/promises';
import { createLogUpdate } from 'log-update';
import { consoleOver, inLines, type AsksFor, type Console } from './console.ts';
import { Output } from './output.ts';

// The only place that touches the streams of the process.
const STDOUT = new Output(process.stdout);
const STDERR = new Output(process.stderr);

export function processConsole(json: boolean): Console {
  // A terminal without a size, as of some remote shells, has the classic 80 columns.
  const live = process.stderr.isTTY
    ? Object.assign(createLogUpdate(process.stderr), { columns: () => process.stderr.columns || 80 })
    : undefined;
  return consoleOver({
    ...{ json, stdout: STDOUT, stderr: STDERR, now: Date.now },
    ...(live !== undefined && { live }),
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask, asksFor }),
  });
}

/** An end of input, as by Ctrl-D, or an interrupt is no answer. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>(resolve => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

/** Loaded when somebody is asked for more than yes or no. */
const asksFor: AsksFor = async ({ message, proposal, problem }) => {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    message,
    ...(proposal !== undefined && { placeholder: proposal, defaultValue: proposal }),
    validate: (typed = '') => problem(typed === '' ? (proposal ?? '') : typed),
    output: process.stderr,
  });
  return isCancel(answer) ? undefined : answer;
};

/** For texts of the parser of the command line. */
export const plainOutput = {
  writeOut: (text: string): void => STDOUT.write(inLines(text)),
  writeErr: (text: string): void => STDERR.write(inLines(text)),
};
