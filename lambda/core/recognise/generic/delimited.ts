import { encodedRuns } from '../../look-alikes/decoded.ts';
import { BEGINS_BASE64 } from '../../look-alikes/patterns.ts';

/** A part of a text that is a ciphertext in base64. */
export interface DelimitedPart {
  readonly by: string;
  readonly part: number;
  readonly text: string;
}

/** What may stand between two parts: none of the characters of either alphabet of base64. */
const BEFORE = /[^A-Za-z0-9+/=_-]{1,8}$/;
const BEHIND = /^[^A-Za-z0-9+/=_-]{1,8}/;

/** Each part that is found costs a walk through the text. */
const MOST_TEXT = 65_536;
const MOST_PARTS = 20;

/** The parts of a text such as `v1.<data key>.<nonce>.<ciphertext>` that are ciphertexts of KMS. */
export function delimitedParts(text: string): readonly DelimitedPart[] {
  const parts: DelimitedPart[] = [];
  if (text.length > MOST_TEXT) return parts;
  let from = 0;
  for (const run of encodedRuns(text)) {
    const start = text.indexOf(run, from);
    from = start + run.length;
    const part = BEGINS_BASE64.test(run) ? partAt(text, start, run) : undefined;
    if (part !== undefined) parts.push(part);
    if (parts.length === MOST_PARTS) break;
  }
  return parts;
}

function partAt(text: string, start: number, run: string): DelimitedPart | undefined {
  const padding = /^={0,2}/.exec(text.slice(start + run.length, start + run.length + 2))?.[0] ?? '';
  const end = start + run.length + padding.length;
  const before = BEFORE.exec(text.slice(Math.max(0, start - 8), start))?.[0];
  const behind = BEHIND.exec(text.slice(end, end + 8))?.[0];
  const by = before ?? behind;
  if (by === undefined) return undefined;
  // The other side has to be the same separator, or nothing: else the part is longer than the ciphertext.
  const part = text.slice(0, start).split(by).length - 1;
  return text.split(by)[part] === run + padding ? { by, part, text: run + padding } : undefined;
}
