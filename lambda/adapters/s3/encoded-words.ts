const WORD = /=\?[\w-]+\?[BQ]\?[^?]*\?=/i;
const WORD_OF_S3 = /^=\?UTF-8\?([BQ])\?([^?]*)\?=$/i;

/**
 * Whether S3 stores a metadata value, when it is sent again as it was shown, as what it is. S3 shows text that is not
 * US-ASCII as encoded words (RFC 2047), and decodes every such word that it is sent. What looks like one for another
 * reason would come out as other text.
 */
export function isStoredAsShown(value: string): boolean {
  if (!WORD.test(value)) return true;
  const words = value.split(/\s+/).map(word => WORD_OF_S3.exec(word));
  return words.every(word => word !== null) && words.some(word => isForeign(word[1] ?? '', word[2] ?? ''));
}

/** Of US-ASCII alone, S3 makes no such word. In the encoding Q, other bytes have two hexadecimal digits. */
function isForeign(encoding: string, text: string): boolean {
  return encoding.toUpperCase() === 'B'
    ? Buffer.from(text, 'base64').some(byte => byte > 0x7f)
    : /=[89A-F][0-9A-F]/i.test(text);
}
