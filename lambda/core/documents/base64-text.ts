import { Buffer } from 'node:buffer';

/** RFC 4648, sections 4 and 5. */
export type Base64Alphabet = 'base64' | 'base64url';

/** The bytes of a text that is exactly their encoding, padded or not. A lenient reader would write back something else than it read. */
export function bytesOfBase64(text: string, alphabet: Base64Alphabet): Buffer | undefined {
  const bytes = Buffer.from(text, alphabet);
  const canonical = unpadded(bytes.toString(alphabet));
  return text === canonical || text === padded(canonical) ? bytes : undefined;
}

/** The text of bytes, padded as the old text is. A text whose length is a multiple of four does not show it: then `otherwise`. */
export function base64OfBytes(
  bytes: Uint8Array,
  alphabet: Base64Alphabet,
  like: { readonly old: string | undefined; readonly otherwise: boolean },
): string {
  const text = unpadded(Buffer.from(bytes).toString(alphabet));
  return isPadded(like.old, like.otherwise) ? padded(text) : text;
}

function isPadded(old: string | undefined, otherwise: boolean): boolean {
  if (old?.endsWith('=') === true) return true;
  return old !== undefined && old.length % 4 !== 0 ? false : otherwise;
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function unpadded(text: string): string {
  return text.replace(/={1,2}$/, '');
}
