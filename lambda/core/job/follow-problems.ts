import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import type { Job, Store } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { parseStreamArn } from '../model/stream-arn.ts';
import { narrowedTo, ownPlace } from '../stores/places.ts';
import { MOST_FOLLOWED_BUCKETS } from './followed-stores.ts';

/** What keeps a job from being followed. */
export function followProblems(job: Job): readonly Problem[] {
  const { follow } = job;
  if (follow === undefined) return [];
  const { streams = [], buckets = [] } = follow;
  const twice = streams.map(text => parseStreamArn(text)?.table);
  return [
    ...(job.route.type === 'decrypt-encrypt' ? [PLAINTEXT] : []),
    ...(job.verify === 'off' ? [UNVERIFIED] : []),
    ...(streams.length + buckets.length === 0 ? [NOTHING] : []),
    ...(new Set(buckets).size > MOST_FOLLOWED_BUCKETS ? [tooMany(new Set(buckets).size)] : []),
    ...streams.flatMap((stream, index) => {
      const words = twice.indexOf(twice[index]) === index ? wrongWithStream(stream, job) : TWICE;
      return words === undefined ? [] : [{ path: `follow.streams[${index}]`, value: stream, words }];
    }),
    ...buckets.flatMap((bucket, index) => {
      const words =
        buckets.indexOf(bucket) === index ? wrongWithBucket(bucket, job) : 'is there twice; name it once';
      return words === undefined ? [] : [{ path: `follow.buckets[${index}]`, value: bucket, words }];
    }),
  ];
}

const TWICE = 'is a second stream of one table; name the latest one of each table';
const INSTEAD = 'leave it out, and run the job again instead';
const PLAINTEXT: Problem = {
  path: 'follow',
  words: `goes by ReEncrypt alone, and this job takes the route decrypt-encrypt; ${INSTEAD}`,
};

const UNVERIFIED: Problem = {
  path: 'follow',
  words:
    'needs the verify pass, which sees what is written while the migrate pass is at work, and this job has verify "off"; leave one of the two out',
};

const NOTHING: Problem = {
  path: 'follow',
  words: 'names nothing to follow; name streams of tables or buckets, or leave it out',
};

function tooMany(buckets: number): Problem {
  return {
    path: 'follow.buckets',
    value: buckets,
    words: `is the number of its buckets, and one deployment follows ${MOST_FOLLOWED_BUCKETS} at most; leave some out, or make several jobs of this one, and give each ${MOST_FOLLOWED_BUCKETS} buckets a deployment of their own`,
  };
}

function wrongWithStream(stream: string, job: Job): string | undefined {
  const { region, table } = parseStreamArn(stream) ?? { region: '', table: '' };
  const stores = storesAt(job, 'dynamodb', table).filter(one => one.region === region);
  const [first, another] = stores;
  if (first === undefined)
    return `is of the table ${table} in ${region}, which is no store of this job; name the streams of its tables`;
  if (another !== undefined || narrowedTo(first.store) !== undefined)
    return 'is of a table of which a store of this job has only a part, and what is followed is whole; follow a job with all of the table';
  return notOurs(first.store, 'table', 'streams') ?? elsewhere(region, job, 'streams');
}

/** A bucket may be several stores, each with a prefix of its own. */
function wrongWithBucket(bucket: string, job: Job): string | undefined {
  const stores = storesAt(job, 's3', bucket);
  if (stores.length === 0) return 'is no bucket of a store of this job; name buckets of its stores';
  if (stores.some(({ store }) => narrowedTo(store) !== undefined))
    return 'is a bucket of which a store of this job has only a part of its prefix, and what is followed is whole; follow a job with all of the prefix';
  return stores
    .map(({ store, region }) => notOurs(store, 'bucket', 'events') ?? elsewhere(region, job, 'events'))
    .find(words => words !== undefined);
}

function storesAt(
  { stores, ...job }: Job,
  type: string,
  name: string,
): readonly { readonly store: Store; readonly region: string }[] {
  return stores.flatMap(store => {
    const region = store.region ?? sourceRegion(job);
    const own = ownPlace(store, region);
    return own.type === type && own.name === name ? [{ store, region }] : [];
  });
}

function notOurs({ assumeRole, copyTo }: Store, what: string, told: string): string | undefined {
  if (assumeRole !== undefined)
    return `is of a ${what} of another account, and a function is told of ${told} of its own account only; ${INSTEAD}`;
  return copyTo === undefined
    ? undefined
    : `is of a store that is copied, and what is followed is moved in its place; ${INSTEAD}`;
}

function elsewhere(region: string, job: Job, told: string): string | undefined {
  const home = destinationRegion(job);
  return region === home
    ? undefined
    : `is in ${region}, and the deployment of this job in ${home}: a function is told of ${told} of its own Region only; ${INSTEAD}`;
}
