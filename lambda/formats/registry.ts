import type { FormatDefinition, FormatRegistry } from '../core/model/format.ts';
import { attributeFormat } from './attribute/index.ts';
import { autoFormat } from './auto/index.ts';
import { jsonDocumentFormat } from './json-document/index.ts';
import { objectBodyFormat } from './object-body/index.ts';
import { objectMetadataFormat } from './object-metadata/index.ts';

const definitions: readonly FormatDefinition[] = [
  attributeFormat,
  objectMetadataFormat,
  objectBodyFormat,
  jsonDocumentFormat,
  autoFormat,
];

/** Every format of this version. A new one is a folder beside the others and a line here. */
export const formats: FormatRegistry = new Map(definitions.map(definition => [definition.name, definition]));
