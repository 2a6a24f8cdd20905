import { malformed } from './malformed.ts';

export type Token =
  /** A word without quotes: a keyword, or a name. */
  | { readonly kind: 'word'; readonly text: string }
  /** In double quotes, with their doubled ones undone. */
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'sign'; readonly text: '=' | '?' | '.' };

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|"((?:[^"]|"")+)"|\[(\d+)\]|([=?.]))/y;

/** The tokens of a statement of the subset that the embedded AWS understands. @throws AwsError for any other text */
export function tokensOf(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = statement.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw malformed(`unexpected text at position ${at + 1}`);
    const [, word, name, index, sign] = found;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('""', '"') });
    else if (index !== undefined) tokens.push({ kind: 'index', index: Number(index) });
    else tokens.push({ kind: 'sign', text: sign as '=' | '?' | '.' });
  }
  return tokens;
}
