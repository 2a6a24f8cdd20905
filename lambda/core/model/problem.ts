/** A mistake in what a user wrote: where it is, the value there, what is wrong with it and how to correct it. */
export interface Problem {
  readonly path: string;
  readonly value?: unknown;
  /** "what is wrong; what to write instead". */
  readonly words: string;
}

const SHOWN_LENGTH = 80;

/** One line: path, value, what is wrong, cure. */
export function formatProblem({ path, value, words }: Problem): string {
  return value === undefined ? `${path}: ${words}` : `${path} = ${shorten(JSON.stringify(value))}: ${words}`;
}

function shorten(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
