import { cases as attribute } from './cases/attribute.ts';
import { cases as branchKeyStore } from './cases/branch-key-store.ts';
import { cases as confidant } from './cases/confidant.ts';
import { cases as credstash } from './cases/credstash.ts';
import { cases as dynamodbEncryptionClient } from './cases/dynamodb-encryption-client.ts';
import { cases as jsonDocument } from './cases/json-document.ts';
import { cases as objectAnnotation } from './cases/object-annotation.ts';
import { cases as objectBody } from './cases/object-body.ts';
import { cases as objectMetadata } from './cases/object-metadata.ts';
import { cases as s3EncryptionClient } from './cases/s3-encryption-client.ts';
import { cases as sops } from './cases/sops.ts';
import type { FormatCase } from './format-case.ts';

/** Every case of every format: one import and one line for each format. */
export const CASES: readonly FormatCase[] = [
  ...attribute,
  ...branchKeyStore,
  ...confidant,
  ...credstash,
  ...dynamodbEncryptionClient,
  ...jsonDocument,
  ...objectAnnotation,
  ...objectBody,
  ...objectMetadata,
  ...s3EncryptionClient,
  ...sops,
];
