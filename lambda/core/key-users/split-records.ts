/** CloudTrail's event records have at most some hundred KB. What has more is none. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
const HEAD = /^\s*\{\s*"Records"\s*:\s*$/;
const MOST_OF_HEAD = 200;

type State = 'head' | 'between' | 'record' | 'tail' | 'end' | 'broken';

/**
 * The records of a log file, `{ "Records": [ … ] }`, as texts, while it is read: a file may be larger than memory. What it returns has
 * balanced braces and may still be no JSON.
 */
export class RecordSplitter {
  #state: State = 'head';
  #begun = '';
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** The records that end in this part of the file. */
  push(text: string): readonly string[] {
    const found: string[] = [];
    let from = 0;
    for (let index = 0; index < text.length; index++) {
      const one = text[index] ?? '';
      if (this.#state === 'record') {
        if (!this.#endsRecord(one)) continue;
        found.push(this.#begun + text.slice(from, index + 1));
        this.#begun = '';
        this.#state = 'between';
      } else {
        const before = this.#state;
        this.#state = this.#outside(one);
        if (before === 'between' && this.#state === 'record') from = index;
      }
    }
    if (this.#state === 'record') this.#begun += text.slice(from);
    if (this.#begun.length > MOST_CHARACTERS) this.#state = 'broken';
    return found;
  }

  /** Whether all of it was there, and nothing else. */
  get whole(): boolean {
    return this.#state === 'end';
  }

  #outside(one: string): State {
    const blank = /\s/.test(one);
    switch (this.#state) {
      case 'head':
        if (one !== '[') {
          this.#begun += one;
          return this.#begun.length > MOST_OF_HEAD ? 'broken' : 'head';
        }
        return HEAD.test(this.#takeBegun()) ? 'between' : 'broken';
      case 'between':
        if (one === ']') return 'tail';
        if (one === '{') this.#depth = 1;
        return one === '{' ? 'record' : blank || one === ',' ? 'between' : 'broken';
      case 'tail':
        return one === '}' ? 'end' : blank ? 'tail' : 'broken';
      case 'end':
        return blank ? 'end' : 'broken';
      case 'record':
      case 'broken':
        return this.#state;
    }
  }

  #takeBegun(): string {
    const begun = this.#begun;
    this.#begun = '';
    return begun;
  }

  #endsRecord(one: string): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (one === '\\') this.#escaped = true;
      else if (one === '"') this.#inString = false;
      return false;
    }
    if (one === '"') this.#inString = true;
    else if (one === '{' || one === '[') this.#depth++;
    else if (one === '}' || one === ']') this.#depth--;
    return this.#depth === 0;
  }
}

/** Reads a record only if it can be about KMS, because most are not. A letter of its name may be an escape. */
export function parseRecord(text: string): unknown {
  if (!text.includes('kms.amazonaws.com') && !text.includes('\\u')) return OF_ANOTHER_SERVICE;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const OF_ANOTHER_SERVICE = { eventSource: 'another' } as const;
