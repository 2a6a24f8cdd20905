import { Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { sourceRegion } from '../../lambda/core/model/job-regions.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { StorePlace } from '../../lambda/core/model/store-place.ts';
import { ownPlace, writtenPlace } from '../../lambda/core/stores/places.ts';
import { storeKeyOf, type StoreKeys } from '../grants/grant.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';

/**
 * A table or bucket of a CDK app that a job names: any `ITable` or `IBucket`. Only what is asked of one, because the CDK's own classes are none of
 * these under TypeScript's `exactOptionalPropertyTypes`.
 */
export type GivenStore = (
  Pick<ITable, 'node' | 'env' | 'tableName'> | Pick<IBucket, 'node' | 'env' | 'bucketName'>
) & {
  readonly encryptionKey?: IKey | undefined;
};

/**
 * The keys of the own encryption of tables and buckets that are given as constructs. Each is recognised by its name: a job goes into
 * an asset, into the name of a claim and into the CLI, where no token is resolved.
 *
 * @throws JobsRefused where a name is not known at synthesis, or no job names it
 */
export function keysOfGiven(given: readonly GivenStore[], jobs: readonly Job[]): StoreKeys {
  const named = jobs.flatMap(placesOf);
  const read = given.map(store => ({ store, found: placeIn(named, store) }));
  const problems = read.flatMap(({ found }) => (typeof found === 'string' ? [found] : []));
  if (problems.length > 0) throw new JobsRefused(problems.join('\n'));
  return new Map(
    read.flatMap(({ store, found }) =>
      typeof found === 'string' || store.encryptionKey === undefined
        ? []
        : [[storeKeyOf(found), store.encryptionKey.keyArn] as const],
    ),
  );
}

function placesOf(job: Job): readonly StorePlace[] {
  const region = sourceRegion(job);
  return job.stores.flatMap(store => [ownPlace(store, store.region ?? region), writtenPlace(store, region)]);
}

/** Where jobs have it, or why they do not. */
function placeIn(named: readonly StorePlace[], store: GivenStore): StorePlace | string {
  const { path } = store.node;
  const [type, word, property] =
    'tableName' in store ? ['dynamodb', 'table', 'tableName'] : ['s3', 'bucket', 'bucketName'];
  const name = nameOf(store);
  if (name === undefined)
    return `stores: the name of ${path} is not known at synthesis, and a job cannot name it; give it a ${property}, and name that in the job`;
  const { region } = store.env;
  const found = named.find(
    place =>
      place.type === type &&
      place.account === undefined &&
      place.name === name &&
      (Token.isUnresolved(region) || place.region === region),
  );
  return (
    found ??
    `stores: no job names the ${word} ${name} (${path}) in ${region}; name it in a job, or leave it out of stores`
  );
}

/** Of a resource of the app, the CDK makes a reference of its name: the name itself is where the app has written it. */
function nameOf(store: GivenStore): string | undefined {
  const resource = store.node.defaultChild;
  const written =
    resource instanceof CfnTable || resource instanceof CfnGlobalTable
      ? resource.tableName
      : resource instanceof CfnBucket
        ? resource.bucketName
        : 'tableName' in store
          ? store.tableName
          : store.bucketName;
  return Token.isUnresolved(written) ? undefined : written;
}
