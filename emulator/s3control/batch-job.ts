import { AwsError } from '../protocol/aws-error.ts';
import { parseXml } from '../s3/s3-request.ts';

/** A job of S3 Batch Operations that gives objects another key. */
export interface BatchJob {
  readonly jobId: string;
  readonly accountId: string;
  readonly region: string;
  readonly roleArn: string;
  readonly description: string;
  readonly priority: number;
  readonly isConfirmed: boolean;
  readonly newKey: Encryption;
  readonly filter: Filter;
  status: JobStatus;
  /** Why it has failed. */
  failure?: string;
  readonly tasks: { total: number; succeeded: number; failed: number };
}

type JobStatus = 'Suspended' | 'Active' | 'Complete' | 'Failed' | 'Cancelled';

interface Encryption {
  readonly keyArn: string;
  /** Whether objects use an S3 Bucket Key. `undefined`: not said. */
  readonly bucketKey: boolean | undefined;
}

export interface Filter {
  readonly bucket: string;
  readonly owner: string | undefined;
  /** Any of them; empty for all objects. */
  readonly prefixes: readonly string[];
  readonly encryption: Encryption;
}

type Tree = Readonly<Record<string, unknown>>;

/** Reads a CreateJobRequest. @throws AwsError for what this S3 Control cannot do */
export function readJob(
  body: Buffer,
  at: { readonly jobId: string; readonly accountId: string; readonly region: string },
): BatchJob {
  const request = child(parseXml(body), 'CreateJobRequest');
  const operation = child(request, 'Operation');
  const update = operation['S3UpdateObjectEncryption'];
  if (update === undefined) throw notHere(`the operation ${Object.keys(operation).join()}`);
  const generator = child(child(request, 'ManifestGenerator'), 'S3JobManifestGenerator');
  if (text(generator, 'EnableManifestOutput') !== 'false') throw notHere('a manifest that is kept');
  if (text(child(request, 'Report'), 'Enabled') !== 'false') throw notHere('a completion report');
  return {
    ...at,
    roleArn: text(request, 'RoleArn'),
    description: text(request, 'Description'),
    priority: Number(text(request, 'Priority')),
    isConfirmed: text(request, 'ConfirmationRequired') !== 'true',
    newKey: encryptionOf(child(update as Tree, 'ObjectEncryption'), 'KMSKeyArn'),
    filter: filterOf(generator),
    status: 'Suspended',
    tasks: { total: 0, succeeded: 0, failed: 0 },
  };
}

function filterOf(generator: Tree): Filter {
  const filter = child(generator, 'Filter');
  const unknown = Object.keys(filter).filter(
    name => !['KeyNameConstraint', 'MatchAnyObjectEncryption'].includes(name),
  );
  if (unknown.length > 0) throw notHere(`the filter ${unknown.join()}`);
  const names = (filter['KeyNameConstraint'] ?? {}) as Tree;
  const prefixes = ((names['MatchAnyPrefix'] ?? {}) as Tree)['member'];
  const owner = text(generator, 'ExpectedBucketOwner');
  return {
    bucket: text(generator, 'SourceBucket').split(':::')[1] ?? '',
    owner: owner === '' ? undefined : owner,
    prefixes: prefixes === undefined ? [] : [prefixes].flat().map(String),
    encryption: encryptionOf(
      child(child(filter, 'MatchAnyObjectEncryption'), 'ObjectEncryption'),
      'KmsKeyArn',
    ),
  };
}

function encryptionOf(tree: Tree, name: string): Encryption {
  const sse = child(tree, 'SSE-KMS');
  const bucketKey = text(sse, 'BucketKeyEnabled');
  return {
    keyArn: text(sse, name),
    bucketKey: bucketKey === '' ? undefined : bucketKey === 'true',
  };
}

function child(tree: Tree, name: string): Tree {
  const found = tree[name];
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new AwsError('InvalidRequest', `the request has no ${name}, or more than one`);
  return found as Tree;
}

function text(tree: Tree, name: string): string {
  const value = tree[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function notHere(what: string): AwsError {
  return new AwsError('NotImplemented', `the embedded S3 Control does not have ${what}`, { status: 501 });
}
