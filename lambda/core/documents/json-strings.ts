/**
 * Writes strings as a JSON text spells its own. Encoders differ in what they escape: PHP `/`, .NET `+`, Go `<`, and some all
 * that is not ASCII. What the old string shows counts most, then the rest of the text.
 */
export function spelling(text: string): (value: string, old: string) => string {
  let rest: Spelling | undefined;
  return (value, old) => {
    const own = spellingOf(old);
    const spelt = Array.from(value, character => {
      const escape = own.escapes.get(character);
      if (escape !== undefined) return escape;
      const natural = JSON.stringify(character).slice(1, -1);
      if (natural === character && own.plain.has(character)) return character;
      rest ??= spellingOf(text);
      return asElsewhere(character, natural, rest);
    });
    return `"${spelt.join('')}"`;
  };
}

interface Spelling {
  /** The escape of each character that has been seen escaped. */
  readonly escapes: ReadonlyMap<string, string>;
  /** The characters that have been seen as they are. */
  readonly plain: ReadonlySet<string>;
  /** All that has been seen of other scripts was escaped. */
  readonly asciiOnly: boolean;
}

function asElsewhere(character: string, natural: string, rest: Spelling): string {
  if (natural === character && rest.plain.has(character)) return character;
  const escape = rest.escapes.get(character);
  if (escape !== undefined) return escape;
  return rest.asciiOnly && isBeyondAscii(character) ? unicodeEscape(character) : natural;
}

const ESCAPES = /(?:\\u[0-9a-fA-F]{4})+|\\[^u]/g;
const UNICODE_ESCAPE = '\\u0000'.length;

function spellingOf(text: string): Spelling {
  const escapes = new Map<string, string>();
  for (const [sequence] of text.matchAll(ESCAPES)) {
    let at = 0;
    for (const character of charactersOf(sequence)) {
      const end = sequence.startsWith('\\u') ? at + character.length * UNICODE_ESCAPE : sequence.length;
      escapes.set(character, sequence.slice(at, end));
      at = end;
    }
  }
  const plain = new Set(text.replace(ESCAPES, ''));
  const asciiOnly = [...escapes.keys()].some(isBeyondAscii) && ![...plain].some(isBeyondAscii);
  return { escapes, plain, asciiOnly };
}

/** Other languages have escapes that JSON has not. They teach nothing here. */
function charactersOf(sequence: string): string {
  return /^\\[^u"\\/bfnrt]/.test(sequence) ? '' : (JSON.parse(`"${sequence}"`) as string);
}

function unicodeEscape(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const unit = character.charCodeAt(at).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}

function isBeyondAscii(character: string): boolean {
  return character > '\x7F';
}
