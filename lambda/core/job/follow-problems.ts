import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { parseStreamArn } from '../model/stream-arn.ts';
import { narrowedTo, ownPlace } from '../stores/places.ts';

/** What keeps a job from being followed. */
export function followProblems(job: Job): readonly Problem[] {
  const { follow } = job;
  if (follow === undefined) return [];
  const twice = follow.streams.map(text => parseStreamArn(text)?.table);
  return [
    ...(job.route.type === 'decrypt-encrypt' ? [PLAINTEXT] : []),
    ...(job.verify === 'off' ? [UNVERIFIED] : []),
    ...follow.streams.flatMap((stream, index) => {
      const words = twice.indexOf(twice[index]) === index ? wrongWith(stream, job) : TWICE;
      return words === undefined ? [] : [{ path: `follow.streams[${index}]`, value: stream, words }];
    }),
  ];
}

const TWICE = 'is a second stream of one table; name the latest one of each table';
const PLAINTEXT: Problem = {
  path: 'follow',
  words:
    'goes by ReEncrypt alone, and this job takes the route decrypt-encrypt; leave it out, and run the job again instead',
};

const UNVERIFIED: Problem = {
  path: 'follow',
  words:
    'needs the verify pass, which sees what is written while the migrate pass is at work, and this job has verify "off"; leave one of the two out',
};

function wrongWith(stream: string, job: Job): string | undefined {
  const { region, table } = parseStreamArn(stream) ?? { region: '', table: '' };
  const home = sourceRegion(job);
  const stores = job.stores.filter(store => {
    const own = ownPlace(store, store.region ?? home);
    return own.type === 'dynamodb' && own.region === region && own.name === table;
  });
  const [store, another] = stores;
  if (store === undefined)
    return `is of the table ${table} in ${region}, which is no store of this job; name the streams of its tables`;
  if (another !== undefined || narrowedTo(store) !== undefined)
    return 'is of a table of which a store of this job has only a part, and what is followed is whole; follow a job with all of the table';
  if (store.assumeRole !== undefined)
    return 'is of a table of another account, and a function is told of streams of its own account only; leave it out, and run the job again instead';
  if (store.copyTo !== undefined)
    return 'is of a store that is copied, and what is followed is moved in its place; leave it out, and run the job again instead';
  if (region !== destinationRegion(job))
    return `is in ${region}, and the deployment of this job in ${destinationRegion(job)}: a function is told of streams of its own Region only; leave it out, and run the job again instead`;
  return undefined;
}
