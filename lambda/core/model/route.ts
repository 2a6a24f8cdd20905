import { parseKeyReference } from './arn.ts';

/** The ways of a data key from source to destination (docs/routes.md), safest first. core/routes has a file for each. */
export const ROUTE_TYPES = ['direct', 'multi-region', 'bridge', 'decrypt-encrypt'] as const;
export type RouteType = (typeof ROUTE_TYPES)[number];

/** What a job asks for. */
export interface JobRoute {
  readonly type: RouteType | 'auto';
  /** A multi-Region key with a replica in the destination's Region: its ARN or alias ARN in the source's Region. */
  readonly bridgeKey?: string;
  /** `cdk deploy` makes that key, its replica and both aliases. */
  readonly deployBridgeKey?: boolean;
  /** `cdk deploy` makes replicas of the source keys in the destination's Region. */
  readonly deployReplicas?: boolean;
}

/** What Plan has chosen, and why. */
export interface PlannedRoute {
  readonly type: RouteType;
  readonly why: string;
  /** The two members of the bridge key: one for each hop. */
  readonly bridge?: { readonly sourceRegionArn: string; readonly destinationRegionArn: string };
}

/** An alias may name any key; a key ARN tells it by its id (KMS Developer Guide, multi-Region keys). */
export function mayBeMultiRegion(keyReference: string): boolean {
  const parsed = parseKeyReference(keyReference);
  return parsed?.kind === 'alias' || parsed?.keyId.startsWith('mrk-') === true;
}

/** The name of a multi-Region key, or of an alias, in another Region. */
export function inRegion(keyReference: string, region: string): string {
  return keyReference.replace(/^(arn:[^:]+:kms:)[^:]+/, `$1${region}`);
}
