import { CST, Lexer } from 'yaml';
import { DEEPEST, MOST_OF_YAML, TOO_DEEP, TOO_MANY_OF_YAML } from './bounds.ts';

/**
 * Why a YAML text is not worth parsing. The parser calls itself for each level and keeps all that it has read, so this
 * reads tokens only, one by one. Levels are estimated by brackets and by the columns at which lines begin: what
 * passes may be twice as deep as allowed, and is counted exactly when it has been parsed.
 */
export function yamlExcess(text: string): string | undefined {
  const columns = new Columns();
  let brackets = 0;
  let tokens = 0;
  let signs = 0;
  for (const source of new Lexer().lex(text)) {
    const type = columns.isScalar ? 'text' : CST.tokenType(source);
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets = Math.max(0, brackets - 1);
    tokens += 1;
    if (!SIGNS.has(type) && !BLANKS.has(type)) signs += 1;
    columns.see(source, type);
    if (columns.depth + brackets > 2 * DEEPEST) return TOO_DEEP;
    if (signs > 4 * MOST_OF_YAML || tokens > 10 * MOST_OF_YAML) return TOO_MANY_OF_YAML;
  }
  return undefined;
}

/** Tokens that say what follows them, and take no room in the text. */
const SIGNS: ReadonlySet<string | null> = new Set(['doc-mode', 'flow-error-end', 'scalar']);
const BLANKS: ReadonlySet<string | null> = new Set(['space', 'newline', 'comment', 'byte-order-mark']);
const INDICATORS: ReadonlySet<string | null> = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

/** The columns at which collections that are still open began. */
class Columns {
  isScalar = false;
  private readonly open: number[] = [];
  private column = 0;
  /** Nothing but blanks and indicators has been seen on this line, so a collection may begin here. */
  private leads = true;

  get depth(): number {
    return this.open.length;
  }

  see(source: string, type: string | null): void {
    this.isScalar = type === 'scalar';
    if (SIGNS.has(type)) return;
    if (this.leads && !BLANKS.has(type)) {
      while ((this.open.at(-1) ?? -1) > this.column) this.open.pop();
      if ((this.open.at(-1) ?? -1) < this.column) this.open.push(this.column);
      this.leads = INDICATORS.has(type);
    }
    const line = source.lastIndexOf('\n');
    this.column = line < 0 ? this.column + source.length : source.length - line - 1;
    if (line >= 0) this.leads = true;
  }
}
