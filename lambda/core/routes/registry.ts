import { PremiseBroken } from '../model/errors.ts';
import { ROUTE_TYPES, type RouteType } from '../model/route.ts';
import { bridge } from './bridge.ts';
import { decryptEncrypt } from './decrypt-encrypt.ts';
import { direct } from './direct.ts';
import { multiRegion } from './multi-region.ts';
import type { Hop, JobOfRoutes, Route } from './route.ts';

/** Every route. A new one is a file beside the others, its name in ROUTE_TYPES, and a line here. */
const ROUTES: Readonly<Record<RouteType, Route>> = {
  direct,
  'multi-region': multiRegion,
  bridge,
  'decrypt-encrypt': decryptEncrypt,
};

/** Safest first. */
export const ALL_ROUTES: readonly Route[] = ROUTE_TYPES.map(type => ROUTES[type]);

/** Throws PremiseBroken for a route that this version does not know, as in a plan of a later version. */
export function routeOf({ type }: { readonly type: RouteType }): Route {
  if (Object.hasOwn(ROUTES, type)) return ROUTES[type];
  throw new PremiseBroken(
    'routes.unknown',
    `this deployment knows no route '${type as string}'; deploy the version that has it`,
  );
}

/** The routes that a job may take, safest first. Plan chooses from them, and roles are granted what they need. */
export function possibleRoutes(job: JobOfRoutes): readonly Route[] {
  const { type } = job.route;
  return type === 'auto' ? ALL_ROUTES.filter(route => route.mayLead(job)) : [routeOf({ type })];
}

/**
 * All ReEncrypt calls of all routes that a job may take. This includes re-encrypting the destination under itself, which
 * second runs and the verify pass do.
 */
export function hopsOf(job: JobOfRoutes): readonly Hop[] {
  const to = job.destination.key;
  return [...possibleRoutes(job).flatMap(route => route.hops(job)), { from: [to], to }];
}

/** Every key that Plan looks at, named as the job names it. */
export function keysOf(job: JobOfRoutes): readonly string[] {
  const hops = hopsOf(job).flatMap(({ from, to }) => [...from, to]);
  return [...new Set([...job.source.keys.map(({ key }) => key), ...hops])];
}
