import { parseKeyReference } from '../model/arn.ts';
import type { Store } from '../model/job.ts';
import { digest } from '../model/digest.ts';
import { accountOf } from '../model/store-account.ts';
import { isBucketStore } from '../stores/registry.ts';
import type { CreateJob } from './create-job.ts';

/** A request to S3 Batch Operations: one key of one bucket, with or without S3 Bucket Keys, so that each object keeps what it has of these. */
export interface BatchRequest {
  /** Of its file, without the folder. */
  readonly file: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefixes: readonly string[];
  readonly keyArn: string;
  readonly bucketKeys: boolean;
  readonly createJob: CreateJob;
}

/** Objects that a job names, or copies of them. */
export interface ObjectPlace {
  readonly region: string;
  readonly account: string;
  readonly bucket: string;
  /** Empty for all of the bucket. */
  readonly prefixes: readonly string[];
}

export interface BatchQuestion {
  readonly job: string;
  readonly places: readonly ObjectPlace[];
  /** Key ARNs. */
  readonly sources: readonly string[];
  readonly newKey: string;
  /** That S3 assumes. */
  readonly roleArn: string;
}

export type BatchRequests =
  | { readonly kind: 'requests'; readonly requests: readonly BatchRequest[] }
  /** What is wrong with the keys, in words. */
  | { readonly kind: 'refused'; readonly words: string };

/** Where the objects of a job are. `account`: whose buckets are those for which no role is assumed. */
export function objectPlaces(
  stores: readonly Store[],
  { region, account }: { readonly region: string; readonly account: string },
): readonly ObjectPlace[] {
  return stores.filter(isBucketStore).flatMap(store => {
    const { bucket, prefix, scope, copyTo } = store;
    const prefixes = (scope?.prefixes ?? [prefix]).filter(one => one !== '');
    const of = { account: accountOf(store) ?? account, prefixes };
    const own = { ...of, bucket, region: store.region ?? region };
    return copyTo === undefined ? [own] : [own, { ...of, bucket: copyTo.bucket, region: copyTo.region }];
  });
}

/**
 * What to ask S3 for, so that it takes its own encryption of these objects from the source keys to the new key. S3 takes only a key of the Region of
 * the bucket, and of its account (API reference, UpdateObjectEncryption).
 */
export function batchRequests(question: BatchQuestion): BatchRequests {
  const { places, newKey, sources } = question;
  const key = parseKeyReference(newKey);
  if (key?.kind !== 'key')
    return refused(`${newKey} is no key ARN, which S3 takes alone; name one with --to`);
  const elsewhere = places.find(({ region }) => region !== key.region);
  if (elsewhere !== undefined)
    return refused(
      `${newKey} is not in ${elsewhere.region}, where ${elsewhere.bucket} is: S3 takes a key of the bucket's Region; name one with --to`,
    );
  const foreign = places.find(({ account }) => account !== key.account);
  if (foreign !== undefined)
    return refused(
      `${newKey} is not of account ${foreign.account}, whose bucket ${foreign.bucket} is: S3 takes a key of the bucket's account; name one with --to, and a role of that account with --role`,
    );
  const requests = places.flatMap(place =>
    sources
      .flatMap(source => usableIn(place.region, source))
      .filter(source => source !== newKey)
      .flatMap(keyArn =>
        [false, true].map(bucketKeys => requestFor(question, { place, keyArn, bucketKeys })),
      ),
  );
  return requests.length === 0
    ? refused('no source key is one that S3 could use there: each is in another Region, or is the new key')
    : { kind: 'requests', requests };
}

/** In the Region of a bucket: of a multi-Region key, its replica there. */
function usableIn(region: string, keyArn: string): readonly string[] {
  const parts = keyArn.split(':');
  if (parts[3] === region) return [keyArn];
  return keyArn.includes(':key/mrk-') ? [parts.with(3, region).join(':')] : [];
}

interface Asked {
  readonly place: ObjectPlace;
  readonly keyArn: string;
  readonly bucketKeys: boolean;
}

function requestFor(
  { job, newKey, roleArn }: BatchQuestion,
  { place, keyArn, bucketKeys }: Asked,
): BatchRequest {
  const { region, account, bucket, prefixes } = place;
  const partition = newKey.split(':')[1] ?? 'aws';
  const createJob: CreateJob = {
    AccountId: account,
    ConfirmationRequired: true,
    Description: `${job}: server-side encryption, away from ${keyArn}`.slice(0, MOST_CHARACTERS),
    Operation: {
      S3UpdateObjectEncryption: {
        ObjectEncryption: { SSEKMS: { KMSKeyArn: newKey, BucketKeyEnabled: bucketKeys } },
      },
    },
    ManifestGenerator: {
      S3JobManifestGenerator: {
        ExpectedBucketOwner: account,
        SourceBucket: `arn:${partition}:s3:::${bucket}`,
        EnableManifestOutput: false,
        Filter: {
          ...(prefixes.length > 0 && { KeyNameConstraint: { MatchAnyPrefix: prefixes } }),
          MatchAnyObjectEncryption: [{ SSEKMS: { KmsKeyArn: keyArn, BucketKeyEnabled: bucketKeys } }],
        },
      },
    },
    Report: { Enabled: false },
    Priority: 10,
    RoleArn: roleArn,
  };
  const token = digest(Buffer.from(JSON.stringify(createJob))).slice(0, 12);
  return { file: `${bucket}-${token}.json`, ...{ region, bucket, prefixes, keyArn, bucketKeys, createJob } };
}

/** Of a description (S3 Control API reference, CreateJob). */
const MOST_CHARACTERS = 256;

function refused(words: string): BatchRequests {
  return { kind: 'refused', words };
}
