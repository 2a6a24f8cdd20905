import { plannedKey } from '../keys/find-key.ts';
import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import { isWithinRegion, oneCall, straight } from './one-call.ts';
import { problem, type Route } from './route.ts';

/** One ReEncrypt call within a Region. */
export const direct: Route = {
  ...oneCall,
  type: 'direct',
  fields: {},
  calls: ['kms:ReEncrypt'],
  plaintext: false,
  warnings: [],
  mayLead: isWithinRegion,

  problems(job) {
    const [from, to] = [sourceRegion(job), destinationRegion(job)];
    return from === to
      ? []
      : problem(
          'destination.key',
          job.destination.key,
          `is in ${to} and the source keys are in ${from}, but the route direct is one ReEncrypt call within a Region; name keys of one Region, or another route`,
        );
  },
  fieldProblems: () => [],

  hops: ({ source, destination }) => [{ from: source.keys.map(({ key }) => key), to: destination.key }],

  choose({ job, sources }) {
    const route = { type: 'direct', why: `all keys are in ${sourceRegion(job)}` } as const;
    return Promise.resolve({ kind: 'works', route, sources: sources.map(one => plannedKey(one)) });
  },
  requests: straight,
};
