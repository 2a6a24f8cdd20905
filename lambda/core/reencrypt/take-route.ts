import { PremiseBroken } from '../model/errors.ts';
import type { PlannedRoute } from '../model/route.ts';
import type { DryRunAnswer, KeyService, ReEncryptAnswer, ReEncryptRequest, RequestSide } from '../ports.ts';
import type { Attempt } from './attempts.ts';
import { checkReply, type Reply } from './check-reply.ts';

export interface RouteOptions {
  readonly keys: KeyService;
  readonly route: PlannedRoute;
}

/** What a data key is asked with, and where it shall go. */
export interface RouteRequest {
  readonly ciphertext: Uint8Array;
  readonly source: Attempt;
  readonly destination: RequestSide;
}

/**
 * Takes a data key along the route of the run. A data key that is under the destination already needs no route: one
 * call within the destination's Region tells whether it is under its current key material.
 */
export async function takeRoute(
  { ciphertext, source, destination }: RouteRequest,
  { keys, route }: RouteOptions,
): Promise<ReEncryptAnswer> {
  const request = { ciphertext, source: requestSide(source), destination };
  if (route.bridge === undefined || source.keyArn === destination.keyArn) return ask(request, keys);
  const { sourceRegionArn, destinationRegionArn } = route.bridge;
  const bridge = (keyArn: string): RequestSide => ({
    keyArn,
    encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    context: source.context,
  });
  const first = await ask({ ...request, destination: bridge(sourceRegionArn) }, keys);
  if (first.kind !== 're-encrypted') return first;
  const second = await ask(
    { ciphertext: first.ciphertext, source: bridge(destinationRegionArn), destination },
    keys,
  );
  return joined(first, second, route.bridge);
}

/** A dry run of the first call: the others depend on a ciphertext that a dry run does not make. */
export async function tryRoute(
  { ciphertext, source, destination }: RouteRequest,
  { keys, route }: RouteOptions,
): Promise<DryRunAnswer> {
  const hop =
    route.bridge === undefined || source.keyArn === destination.keyArn
      ? destination
      : {
          keyArn: route.bridge.sourceRegionArn,
          encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
          context: source.context,
        };
  return keys.tryReEncrypt({ ciphertext, source: requestSide(source), destination: hop });
}

async function ask(request: ReEncryptRequest, keys: KeyService): Promise<ReEncryptAnswer> {
  const answer = await keys.reEncrypt(request);
  if (answer.kind === 're-encrypted') checkReply(request, answer);
  return answer;
}

function requestSide({ keyArn, encryptionAlgorithm, context }: Attempt): RequestSide {
  return { keyArn, encryptionAlgorithm, context };
}

/** Both hops as one answer. The bridge's own ciphertext is stored nowhere. */
function joined(
  first: Reply,
  second: ReEncryptAnswer,
  { sourceRegionArn, destinationRegionArn }: NonNullable<PlannedRoute['bridge']>,
): ReEncryptAnswer {
  switch (second.kind) {
    case 'incorrect-key':
    case 'invalid-ciphertext':
      throw new PremiseBroken(
        'reencrypt.bridge',
        `${destinationRegionArn} cannot open what ${sourceRegionArn} has just encrypted; check that it is a replica of that key, then start the job again`,
      );
    case 'denied':
    case 'rejected':
    case 'unavailable':
      return second;
    case 're-encrypted':
      return {
        ...second,
        source: first.source,
        sourceAlgorithm: first.sourceAlgorithm,
        requestIds: [...first.requestIds, ...second.requestIds],
      };
  }
}
