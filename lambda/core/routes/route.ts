import type * as z from 'zod/mini';
import type { AskedKey, KeyCatalog } from '../keys/catalog.ts';
import type { FoundKey } from '../keys/find-key.ts';
import type { Job } from '../model/job.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import type { PlannedRoute, RouteType } from '../model/route.ts';
import type { RunMode } from '../model/run.ts';
import type { KeyService, ReEncryptAnswer, RequestSide } from '../ports.ts';

/** What of a job decides about its routes. */
export type JobOfRoutes = Pick<Job, 'source' | 'destination' | 'route'>;

/**
 * A way for data keys to get from source to destination, with everything about it: from the job's fields to the KMS calls
 * of a worker. Each route is a file beside this one and a line in registry.ts; all other code asks the route.
 */
export interface Route {
  readonly type: RouteType;
  /** The fields of the job's `route` that belong to this route. */
  readonly fields: z.core.$ZodLooseShape;
  /** KMS requests that take one data key along it, in order. */
  readonly calls: readonly string[];
  /** Plaintext data keys leave KMS. Only the plaintext worker takes such a route, and only if the deployment allows it. */
  readonly plaintext: boolean;
  /** What an operator should know of a migration along it. */
  readonly warnings: readonly string[];
  /** Whether a job that leaves the route open may take it. */
  mayLead(job: JobOfRoutes): boolean;
  /** Why it cannot be taken with the keys of a job that names it. */
  problems(job: JobOfRoutes): readonly Problem[];
  /** What is wrong with its own fields, whatever route the job names. */
  fieldProblems(job: JobOfRoutes): readonly Problem[];
  /** Every ReEncrypt call that a run along it may make, keys named as the job names them. */
  hops(job: JobOfRoutes): readonly Hop[];
  /** Tries it on the keys as KMS describes them. */
  choose(question: RouteQuestion): Promise<Tried>;
  /** The calls that Plan asks KMS permission for, apart from re-encrypting the destination under itself, which every route needs. */
  requests(chosen: Chosen): readonly (readonly [AskedKey, AskedKey])[];
  /** Takes a data key along it. */
  take(request: RouteRequest, options: RouteOptions): Promise<ReEncryptAnswer>;
  /** The destination of its first call. A dry run can try only that one: the others need the ciphertext that it makes. */
  firstStop(request: RouteRequest, route: PlannedRoute): RequestSide;
}

/** A ReEncrypt call that a run may make: out of one of these keys, into that one. */
export interface Hop {
  readonly from: readonly string[];
  readonly to: string;
}

export interface RouteQuestion {
  readonly job: Job;
  readonly sources: readonly FoundKey[];
  readonly destination: FoundKey;
  readonly catalog: KeyCatalog;
  /** The deployment allows plaintext data keys outside KMS. */
  readonly plaintextAllowed: boolean;
  readonly mode: RunMode;
}

export type Tried =
  | { readonly kind: 'works'; readonly route: PlannedRoute; readonly sources: readonly PlannedKey[] }
  | { readonly kind: 'does-not'; readonly problems: readonly Problem[] };

/** A route with its keys. `sources`: those that are not the destination, and that KMS can use. */
export interface Chosen {
  readonly route: PlannedRoute;
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

/** A data key, the key and context that it may be under, and where it is to go. */
export interface RouteRequest {
  readonly ciphertext: Uint8Array;
  readonly source: RequestSide;
  readonly destination: RequestSide;
}

export interface RouteOptions {
  readonly keys: KeyService;
  readonly route: PlannedRoute;
}

/** Words about one field of a job. */
export function problem(path: string, value: unknown, words: string): readonly Problem[] {
  return [{ path, value, words }];
}
