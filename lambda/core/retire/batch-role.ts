import { literally } from '../model/literally.ts';
import type { BatchRequest } from './batch-requests.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Principal?: { readonly Service: string };
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** What the role needs with which S3 carries the requests out. */
export interface BatchRole {
  readonly trust: Policy;
  readonly permissions: Policy;
}

/** `s3:PutInventoryConfiguration` is for the list of objects that S3 makes itself. */
export function batchRole(requests: readonly BatchRequest[]): BatchRole {
  const accounts = unique(requests.map(({ createJob }) => createJob.AccountId));
  const buckets = unique(requests.map(({ createJob }) => sourceOf(createJob)));
  const objects = requests.flatMap(({ prefixes, createJob }) =>
    (prefixes.length === 0 ? [''] : prefixes).map(prefix => `${sourceOf(createJob)}/${literally(prefix)}*`),
  );
  const keys = requests.flatMap(({ keyArn, createJob }) => [keyArn, newKeyOf(createJob)]);
  const regions = unique(requests.map(({ region }) => `s3.${region}.amazonaws.com`));
  return {
    trust: policy({
      Effect: 'Allow',
      Principal: { Service: 'batchoperations.s3.amazonaws.com' },
      Action: ['sts:AssumeRole'],
      Condition: { StringEquals: { 'aws:SourceAccount': accounts } },
    }),
    permissions: policy(
      { Effect: 'Allow', Action: ['s3:PutInventoryConfiguration'], Resource: buckets },
      { Effect: 'Allow', Action: ['s3:UpdateObjectEncryption'], Resource: unique(objects) },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
        Resource: unique(keys),
        Condition: { StringEquals: { 'kms:ViaService': regions } },
      },
    ),
  };
}

function sourceOf({ ManifestGenerator }: BatchRequest['createJob']): string {
  return ManifestGenerator.S3JobManifestGenerator.SourceBucket;
}

function newKeyOf({ Operation }: BatchRequest['createJob']): string {
  return Operation.S3UpdateObjectEncryption.ObjectEncryption.SSEKMS.KMSKeyArn;
}

function policy(...statements: readonly Statement[]): Policy {
  return { Version: '2012-10-17', Statement: statements };
}

function unique(all: readonly string[]): readonly string[] {
  return [...new Set(all)].sort();
}
