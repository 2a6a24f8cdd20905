import type { LookAlikeForm } from '../../look-alikes/signs.ts';
import type { AttributeValue } from '../../model/record.ts';
import type { SeenEncoding } from './generic-place.ts';

/** How a value that is a ciphertext and nothing else is written; `undefined` for a form that no format reads. */
export function seenEncoding(value: AttributeValue, form: LookAlikeForm): SeenEncoding | undefined {
  if ('B' in value) return form === 'binary' || form === 'base64-in-binary' ? { as: form } : undefined;
  if (!('S' in value)) return undefined;
  if (form === 'hex') return { as: 'hex' };
  return IN_BASE64.has(form) ? ofBase64(value.S) : undefined;
}

const IN_BASE64: ReadonlySet<LookAlikeForm> = new Set<LookAlikeForm>([
  'base64',
  'base64-unpadded',
  'base64url',
  'base64url-unpadded',
]);

/** What a text of base64 shows of its alphabet and its padding. */
export function ofBase64(text: string): SeenEncoding {
  const alphabet = /[-_]/.test(text) ? 'url' : /[+/]/.test(text) ? 'standard' : 'either';
  if (text.endsWith('=')) return { as: 'base64', alphabet, padding: 'padded' };
  return { as: 'base64', alphabet, padding: text.length % 4 === 0 ? 'either' : 'unpadded' };
}

export type MergedEncoding =
  | { readonly kind: 'encoding'; readonly encoding: string }
  | { readonly kind: 'conflict'; readonly between: readonly string[] };

/** The encoding in a job that reads all of these; a conflict if there is none. */
export function mergedEncoding(seen: readonly SeenEncoding[]): MergedEncoding {
  const kinds = [...new Set(seen.map(({ as }) => as))];
  const texts = seen.filter(one => one.as === 'base64');
  const alphabets = new Set(texts.map(({ alphabet }) => alphabet));
  const name = alphabets.has('url') ? 'base64url' : 'base64';
  if (kinds.length !== 1 || (alphabets.has('url') && alphabets.has('standard')))
    return { kind: 'conflict', between: namesOf(kinds, alphabets) };
  if (texts.length === 0) return { kind: 'encoding', encoding: String(kinds[0]) };
  const isUnpadded = texts.some(({ padding }) => padding === 'unpadded');
  return { kind: 'encoding', encoding: isUnpadded ? `${name}-unpadded` : name };
}

function namesOf(kinds: readonly string[], alphabets: ReadonlySet<string>): readonly string[] {
  const both = alphabets.has('url') && alphabets.has('standard') ? ['base64', 'base64url'] : undefined;
  const text = both ?? (alphabets.has('url') ? ['base64url'] : ['base64']);
  return kinds.flatMap(kind => (kind === 'base64' ? text : [kind]));
}
