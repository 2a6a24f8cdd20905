import type { AttributePath, AttributeValue } from '../model/record.ts';

export type OpenedDocument = Document | NoDocument;

/** Why a value is not such a document, or why it cannot be changed byte for byte. It repeats nothing of the value. */
export interface NoDocument {
  readonly kind: 'no-document';
  readonly reason: string;
}

export interface Document {
  readonly kind: 'document';
  /**
   * - json, yaml: objects as M, arrays as L, strings as S, numbers as N in their source text, then BOOL and NULL
   * - yaml with several documents: L of what each of them holds
   * - dotenv: M of S, with names as they are in the file
   * - ini: M of sections, each M of S
   * - base64, base64url: B
   * - delimited: L of S
   * - material-description: M of S
   */
  readonly root: AttributeValue;
  /** Values that are shown but can be neither replaced nor trusted. What lies below such a path is closed, too. */
  readonly closed: readonly Closed[];
  /** The source text of a value, with its quotes and escapes; `undefined` where nothing is. */
  written(path: AttributePath): string | undefined;
  /**
   * The whole value, of the type that it had, with these places changed and every other byte as it was.
   *
   * It throws a `TypeError` if a place does not exist or is closed, or if the document cannot hold the value there.
   */
  replaced(settings: readonly Setting[]): AttributeValue;
}

export interface Closed {
  readonly path: AttributePath;
  readonly reason: string;
}

export interface Setting {
  readonly path: AttributePath;
  /** `undefined` removes a member. */
  readonly after: AttributeValue | undefined;
  /** Put this source text there as it is: it must read as `after`. Without it, the old value's style is kept. */
  readonly written?: string;
}

export function noDocument(reason: string): NoDocument {
  return { kind: 'no-document', reason };
}
