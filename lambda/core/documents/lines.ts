import type { AttributeValue } from '../model/record.ts';
import { MOST_NODES, TOO_MANY } from './bounds.ts';

export const NOT_AGREED = 'readers disagree about what it says';

/** Line ends and blanks that some readers know and others do not, and NUL. A byte order mark may stand at the beginning. */
export const DISPUTED_IN_LINES = /[\0\x85\u2028\u2029]|\r(?!\n)|(?!^)\uFEFF/;

/** Reads a text from one line to the next, and says on which line it had to give up. */
export class Lines {
  at: number;
  problem: string | undefined;
  private lines = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  /** Where the next line begins and ends, without its break; `undefined` at the end of the text or after a problem. */
  next(): { readonly start: number; readonly end: number } | undefined {
    if (this.problem !== undefined || this.at >= this.text.length) return undefined;
    const start = this.at;
    const newline = this.text.indexOf('\n', start);
    const end = newline < 0 ? this.text.length : newline;
    this.at = newline < 0 ? end : newline + 1;
    this.lines += 1;
    if (this.lines > MOST_NODES) this.problem = TOO_MANY;
    return { start, end: this.text[end - 1] === '\r' && end > start ? end - 1 : end };
  }

  refuse(reason: string): void {
    this.problem ??= `${reason}: see line ${this.lines}`;
  }
}

/** The first spelling that reads as the text it is to say. */
export function firstThatReads(
  spellings: readonly string[],
  after: AttributeValue,
  read: (spelling: string) => string | undefined,
): string {
  if (!('S' in after)) throw new TypeError('Such a document holds texts, and nothing else.');
  const spelling = spellings.find(one => read(one) === after.S);
  if (spelling === undefined) throw new TypeError('Such a document cannot hold this text.');
  return spelling;
}
