import { queryService } from '../protocol/query-protocol.ts';
import type { Service } from '../protocol/request.ts';

/** STS: who am I. */
export function stsService(): Service {
  return queryService({
    GetCallerIdentity: (_, { caller }) =>
      `<Arn>${caller.arn}</Arn><UserId>${caller.arn.split('/').at(-1)}</UserId><Account>${caller.accountId}</Account>`,
  });
}
