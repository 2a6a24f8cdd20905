import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../core/model/record.ts';
import { decodeText, encodeText, type TextEncoding } from './text-encoding.ts';
import type { ValueEncoding } from './value-encoding.ts';

/**
 * A body or an annotation that is the text of a ciphertext: perhaps in lines of one length, as openssl and base64 write it, and
 * perhaps with an end of line. It is written back in the same lines.
 */
export function textInLines(encoding: TextEncoding): ValueEncoding {
  return {
    decode: value => {
      const lines = linesOf(value);
      return lines === undefined
        ? { reason: 'is not a text in lines of one length' }
        : decodeText(lines.text, encoding);
    },
    encode(ciphertext, old) {
      const { text, width, lineEnd, end } = linesOf(old) ?? ONE_LINE;
      const fresh = encodeText(ciphertext, encoding, text === '' ? undefined : text);
      const lines = width === undefined ? [fresh] : chunks(fresh, width);
      const written = lines.join(lineEnd) + end;
      return old !== undefined && 'S' in old ? { S: written } : { B: Buffer.from(written, 'latin1') };
    },
  };
}

interface Lines {
  /** Without line ends. */
  readonly text: string;
  /** Characters in a line; absent where there is one line. */
  readonly width?: number;
  readonly lineEnd: string;
  /** What comes after the last line. */
  readonly end: string;
}

const ONE_LINE: Lines = { text: '', lineEnd: '', end: '' };

/** `undefined` for a text whose lines could not be made again. */
function linesOf(value: AttributeValue | undefined): Lines | undefined {
  const all = value && textOf(value);
  if (all === undefined) return undefined;
  const content = all.trimEnd();
  const end = all.slice(content.length);
  const lineEnd = content.includes('\r\n') ? '\r\n' : '\n';
  const lines = content.split(lineEnd);
  const [first = ''] = lines;
  if (lines.length === 1) return { text: content, lineEnd: '', end };
  const text = lines.join('');
  const isAsWritten = chunks(text, first.length).join(lineEnd) === content;
  return isAsWritten ? { text, width: first.length, lineEnd, end } : undefined;
}

function textOf(value: AttributeValue): string | undefined {
  if ('S' in value) return value.S;
  return 'B' in value ? Buffer.from(value.B).toString('latin1') : undefined;
}

function chunks(text: string, width: number): readonly string[] {
  if (width === 0) return [text];
  return Array.from({ length: Math.ceil(text.length / width) }, (_, at) =>
    text.slice(at * width, (at + 1) * width),
  );
}
