import { DEEPEST, MOST_NODES, TOO_DEEP, TOO_MANY } from './bounds.ts';
import { noDocument, type NoDocument } from './document.ts';
import { elementsPlace, membersPlace, type Entry, type Place } from './place.ts';

/** Where the values of a JSON text lie. It takes every JSON text, and time that is linear in the text whatever that is. */
export function readJson(text: string, start: number): Place | NoDocument {
  const reader = new JsonReader(text, start);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof NotReadable) return noDocument(error.message);
    throw error;
  }
}

class NotReadable extends Error {}

class JsonReader {
  private nodes = 0;
  private readonly text: string;
  private at: number;

  constructor(text: string, start: number) {
    this.text = text;
    this.at = start;
  }

  document(): Place {
    const place = this.value(1);
    this.space();
    if (this.at < this.text.length) throw this.notJson();
    return place;
  }

  private value(depth: number): Place {
    if (depth > DEEPEST) throw new NotReadable(TOO_DEEP);
    if (++this.nodes > MOST_NODES) throw new NotReadable(TOO_MANY);
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"': {
        const start = this.at;
        return { start, shown: { S: this.string() }, end: this.at };
      }
      default:
        return this.word();
    }
  }

  private object(depth: number): Place {
    const start = this.at;
    const entries: Entry[] = [];
    this.list('}', () => {
      this.space();
      const from = this.at;
      const name = this.string();
      const nameEnd = this.at;
      this.expect(':');
      entries.push({ name, start: from, nameEnd, place: this.value(depth + 1) });
    });
    return membersPlace({ start, end: this.at }, entries);
  }

  private array(depth: number): Place {
    const start = this.at;
    const elements: Place[] = [];
    this.list(']', () => elements.push(this.value(depth + 1)));
    return elementsPlace({ start, end: this.at }, elements);
  }

  /** What stands between brackets, from the one to the other. */
  private list(close: string, one: () => void): void {
    this.at += 1;
    if (this.takes(close)) return;
    do one();
    while (this.takes(','));
    this.expect(close);
  }

  private string(): string {
    const start = this.at;
    if (this.text[start] !== '"') throw this.notJson();
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw this.notJson();
    } while (this.isEscaped(end));
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw this.notJson();
    }
  }

  private isEscaped(at: number): boolean {
    let backslashes = 0;
    while (this.text[at - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  private word(): Place {
    const start = this.at;
    WORD.lastIndex = start;
    const word = WORD.exec(this.text)?.[0];
    if (word === undefined) throw this.notJson();
    const end = (this.at = start + word.length);
    if (word === 'null') return { start, end, shown: { NULL: true } };
    if (word === 'true' || word === 'false') return { start, end, shown: { BOOL: word === 'true' } };
    return { start, end, shown: { N: word } };
  }

  private takes(character: string): boolean {
    this.space();
    const there = this.text[this.at] === character;
    if (there) this.at += 1;
    return there;
  }

  private expect(character: string): void {
    if (!this.takes(character)) throw this.notJson();
  }

  private space(): void {
    while (SPACE.has(this.text[this.at])) this.at += 1;
  }

  private notJson(): NotReadable {
    return new NotReadable(`is not JSON: see character ${this.at + 1}`);
  }
}

const SPACE: ReadonlySet<string | undefined> = new Set([' ', '\t', '\n', '\r']);
const WORD = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
