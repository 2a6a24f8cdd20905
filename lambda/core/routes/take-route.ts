import type { DryRunAnswer, ReEncryptAnswer } from '../ports.ts';
import { direct } from './direct.ts';
import { sideOnly } from './one-call.ts';
import { routeOf } from './registry.ts';
import type { Route, RouteOptions, RouteRequest } from './route.ts';

/** Takes a data key along the route of the run. */
export function takeRoute(request: RouteRequest, options: RouteOptions): Promise<ReEncryptAnswer> {
  return wayOf(request, options).take(request, options);
}

/** A dry run of the first call. */
export function tryRoute(request: RouteRequest, { keys, route }: RouteOptions): Promise<DryRunAnswer> {
  const destination = wayOf(request, { keys, route }).firstStop(request, route);
  return keys.tryReEncrypt({ ciphertext: request.ciphertext, source: sideOnly(request.source), destination });
}

/**
 * A data key that is under the destination already needs no route: one call within the destination's Region tells
 * whether it is under its current key material.
 */
function wayOf({ source, destination }: RouteRequest, { route }: RouteOptions): Route {
  return source.keyArn === destination.keyArn ? direct : routeOf(route);
}
