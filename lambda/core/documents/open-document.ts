import type { AttributePath, AttributeValue } from '../model/record.ts';
import type { DocumentStep } from '../model/document-step.ts';
export type OpenedDocument = Document | { readonly kind: 'no-document'; readonly reason: string };
export interface Document {
  readonly kind: 'document';
  readonly root: AttributeValue;
  readonly closed: readonly { readonly path: AttributePath; readonly reason: string }[];
  written(path: AttributePath): string | undefined;
  replaced(
    settings: readonly {
      readonly path: AttributePath;
      readonly after: AttributeValue | undefined;
      readonly written?: string;
    }[],
  ): AttributeValue;
}
export function openDocument(_value: AttributeValue, _step: DocumentStep): OpenedDocument {
  return { kind: 'no-document', reason: 'stub' };
}
