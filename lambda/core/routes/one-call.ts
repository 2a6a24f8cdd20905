import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import type { Problem } from '../model/problem.ts';
import type { ReEncryptAnswer, ReEncryptRequest, RequestSide } from '../ports.ts';
import { checkReply } from '../keys/check-reply.ts';
import {
  problem,
  type Chosen,
  type JobOfRoutes,
  type Route,
  type RouteOptions,
  type RouteRequest,
} from './route.ts';

/** Shared by all routes that take a data key to the destination in one call of their key service. */
export const oneCall: Pick<Route, 'take' | 'firstStop'> = {
  take: ({ source, ...request }, { keys }) => ask({ ...request, source: sideOnly(source) }, keys),
  firstStop: ({ destination }) => destination,
};

/** One call. Its answer is accepted only if it matches the request. */
export async function ask(request: ReEncryptRequest, keys: RouteOptions['keys']): Promise<ReEncryptAnswer> {
  const answer = await keys.reEncrypt(request);
  if (answer.kind === 're-encrypted') checkReply(request, answer);
  return answer;
}

/** Only what KMS is asked with, without anything else that the caller may know. */
export function sideOnly({ keyArn, encryptionAlgorithm, context }: RouteRequest['source']): RequestSide {
  return { keyArn, encryptionAlgorithm, context };
}

/** From each source key straight to the destination. */
export function straight({ sources, destination }: Chosen): ReturnType<Route['requests']> {
  return sources.map(source => [source, destination]);
}

export function isWithinRegion(job: JobOfRoutes): boolean {
  return sourceRegion(job) === destinationRegion(job);
}

/** The problem of a route to another Region if all keys are in one Region. */
export function needsTwoRegions(job: JobOfRoutes): readonly Problem[] {
  return isWithinRegion(job)
    ? problem(
        'route.type',
        job.route.type,
        `leads to another Region, but all keys are in ${sourceRegion(job)}; write "direct", or a destination key of another Region`,
      )
    : [];
}
