import type { FormatDefinition, FormatRegistry } from '../core/model/format.ts';
import { attributeFormat } from './attribute/index.ts';
import { branchKeyStoreFormat } from './branch-key-store/index.ts';
import { confidantFormat } from './confidant/index.ts';
import { credstashFormat } from './credstash/index.ts';
import { dynamodbEncryptionClientFormat } from './dynamodb-encryption-client/index.ts';
import { autoFormat } from './auto/index.ts';
import { jsonDocumentFormat } from './json-document/index.ts';
import { objectAnnotationFormat } from './object-annotation/index.ts';
import { objectBodyFormat } from './object-body/index.ts';
import { objectMetadataFormat } from './object-metadata/index.ts';
import { s3EncryptionClientFormat } from './s3-encryption-client/index.ts';
import { sopsFormat } from './sops/index.ts';

const definitions: readonly FormatDefinition[] = [
  attributeFormat,
  objectMetadataFormat,
  objectBodyFormat,
  objectAnnotationFormat,
  jsonDocumentFormat,
  s3EncryptionClientFormat,
  sopsFormat,
  branchKeyStoreFormat,
  credstashFormat,
  confidantFormat,
  dynamodbEncryptionClientFormat,
  autoFormat,
];

/** Every format of this version. A new one is a folder beside the others and a line here. */
export const formats: FormatRegistry = new Map(definitions.map(definition => [definition.name, definition]));
