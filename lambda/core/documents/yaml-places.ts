import { isAlias, isScalar, isSeq, type Pair, type ParsedNode, type Scalar } from 'yaml';
import { DEEPEST, MOST_OF_YAML, TOO_DEEP, TOO_MANY_OF_YAML } from './bounds.ts';
import { noDocument, type NoDocument } from './document.ts';
import { elementsPlace, membersPlace, type Entry, type Place, type Span } from './place.ts';
import { plainValue } from './yaml-plain.ts';

/** Where the values of YAML documents lie. What another part of a document or a tag decides about is closed. */
export function yamlPlaces(text: string, documents: readonly (ParsedNode | null)[]): Place | NoDocument {
  const reader = new YamlReader(text);
  const places = documents.map(root => reader.place(root, 1));
  if (reader.excess !== undefined) return noDocument(reader.excess);
  const [only, ...more] = places;
  const whole = { start: 0, end: text.length };
  return only === undefined || more.length > 0 ? elementsPlace(whole, places) : only;
}

class YamlReader {
  excess: string | undefined;
  private nodes = 0;
  private lineBreak = -1;
  private tabBelow = false;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  place(node: ParsedNode | null, depth: number): Place {
    if (node === null) return { start: 0, end: 0, shown: { NULL: true }, closed: NOTHING_WRITTEN };
    const [start, end] = node.range;
    const span = { start, end, ...closedBy(node) };
    this.nodes += 1;
    if (depth > DEEPEST) this.excess = TOO_DEEP;
    if (this.nodes > MOST_OF_YAML) this.excess = TOO_MANY_OF_YAML;
    // An alias says nothing by itself. It is closed, so nobody believes this.
    if (this.excess !== undefined || isAlias(node)) return { ...span, shown: { NULL: true } };
    if (isScalar(node)) return this.scalar(node, span, depth);
    if (isSeq(node))
      return elementsPlace(
        span,
        node.items.map(item => this.place(item, depth + 1)),
      );
    return this.map(node.items, span, depth);
  }

  private scalar(node: Scalar.Parsed, span: Span, depth: number): Place {
    const value = String(node.value);
    const shown = node.type === 'PLAIN' ? plainValue(value) : { S: value };
    if (span.start === span.end) return { closed: NOTHING_WRITTEN, ...span, shown: { NULL: true } };
    return this.isDisputed(node, span, depth) ? { closed: NOT_AGREED, ...span, shown } : { ...span, shown };
  }

  /**
   * Parsers differ in block scalars that are the whole document, in the last line break of one that the end of the file
   * cuts off, and in whether tabs alone make a blank line.
   */
  private isDisputed({ type, value }: Scalar.Parsed, { start, end }: Span, depth: number): boolean {
    if (type === 'PLAIN') return this.isAboveTab(end);
    if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return false;
    return depth === 1 || (String(value).endsWith('\n') && !this.text.slice(start, end).endsWith('\n'));
  }

  /** Whether the next line that is not blank begins with a tab. Scalars come in order, and each line is looked at once. */
  private isAboveTab(end: number): boolean {
    if (end > this.lineBreak) {
      const found = this.text.indexOf('\n', end);
      this.lineBreak = found < 0 ? this.text.length : found;
      TAB_BELOW.lastIndex = this.lineBreak;
      this.tabBelow = TAB_BELOW.test(this.text);
    }
    return this.tabBelow;
  }

  private map(pairs: readonly ParsedPair[], span: Span, depth: number): Place {
    const entries: Entry[] = [];
    let closed = span.closed;
    for (const { key, value } of pairs) {
      const name = nameOf(key);
      if (name === undefined) closed ??= 'it has a name that is not a simple text';
      else entries.push(this.entry(name, key as Scalar.Parsed, { value, depth }));
    }
    return membersPlace({ ...span, ...(closed === undefined ? {} : { closed }) }, entries);
  }

  private entry(
    name: string,
    key: Scalar.Parsed,
    { value, depth }: { readonly value: ParsedNode | null; readonly depth: number },
  ): Entry {
    const [start, nameEnd] = key.range;
    const place =
      value === null
        ? { ...this.place(null, depth), start: nameEnd, end: nameEnd }
        : this.place(value, depth + 1);
    const closed = name === '<<' ? 'it is merged into the map around it' : closedBy(key).closed;
    return { name, start, nameEnd, place: closed === undefined ? place : { ...place, closed } };
  }
}

type ParsedPair = Pair<ParsedNode | null, ParsedNode | null>;

/** From a line break on. */
const TAB_BELOW = /\n(?: *\r?\n)* *\t/y;

const NOT_AGREED = 'parsers of YAML do not agree about it';
const NOTHING_WRITTEN = 'nothing is written there';

/** Names are texts on their line, whatever else YAML might read them as. */
function nameOf(key: ParsedNode | null): string | undefined {
  if (!isScalar(key) || key.type?.startsWith('BLOCK') === true) return undefined;
  return key.range[0] < key.range[1] ? String(key.value) : undefined;
}

function closedBy(node: ParsedNode): { readonly closed?: string } {
  if (isAlias(node)) return { closed: 'it is an alias of a value elsewhere' };
  if (node.anchor !== undefined) return { closed: 'it has an anchor, so that it may be used elsewhere' };
  if (node.tag !== undefined) return { closed: 'it has a tag, which says how it is read' };
  return {};
}
