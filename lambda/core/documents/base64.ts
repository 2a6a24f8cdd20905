import type { AttributePath, AttributeValue } from '../model/record.ts';
import { base64OfBytes, bytesOfBase64, type Base64Alphabet } from './base64-text.ts';
import { noDocument, type OpenedDocument, type Setting } from './document.ts';
import { sourceText, type SourceText } from './source-text.ts';

/** Bytes as text. There is one place in it, the whole. */
export function openBase64(value: AttributeValue, alphabet: Base64Alphabet): OpenedDocument {
  const source = sourceText(value);
  if (source.kind === 'no-document') return source;
  const bytes = bytesOfBase64(source.text, alphabet);
  if (bytes === undefined) return noDocument(`is not ${alphabet}`);
  return {
    kind: 'document',
    root: { B: bytes },
    closed: [],
    written: path => (path.length === 0 ? source.text : undefined),
    replaced: settings => source.valueOf(replacedText(source, alphabet, settings)),
  };
}

function replacedText({ text }: SourceText, alphabet: Base64Alphabet, settings: readonly Setting[]): string {
  const [setting, ...more] = settings;
  if (setting === undefined) return text;
  if (more.length > 0 || !isWhole(setting.path))
    throw new TypeError('base64 is one value, and the only place in it is the whole.');
  const { after, written } = setting;
  if (after === undefined || !('B' in after)) throw new TypeError('base64 holds bytes, and nothing else.');
  const bytes = written === undefined ? undefined : bytesOfBase64(written, alphabet);
  if (written !== undefined && bytes?.equals(after.B) !== true)
    throw new TypeError('The text that is to be written is not base64 of these bytes.');
  return written ?? base64OfBytes(after.B, alphabet, { old: text, otherwise: true });
}

function isWhole(path: AttributePath): boolean {
  return path.length === 0;
}
