import { PremiseBroken, ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import type { ReEncryptAnswer } from '../../lambda/core/ports.ts';
import { withAnswers } from './planted-ports.ts';
import type { Planted } from './planted.ts';

const CALM = { faultRate: 0, kills: [], events: [], writers: 0, duplicates: 0, stalls: 0 } as const;
const NOTHING = { unrecognised: 0, unrecognisedFrom: undefined, denied: 0, deniedTenant: undefined } as const;

/** The product mistakes trouble with one record, or for a moment, for a reason to stop the run. */
export const PASSING_BUGS: readonly Planted[] = [
  {
    name: 'stops the run where KMS denies one data key',
    breaks: [6],
    given: { ...CALM, passing: { ...NOTHING, denied: 0.3 } },
    bug: {
      ports: ports =>
        withAnswers(ports, answer => {
          if (answer.kind === 'denied') throw new PremiseBroken('kms.call', answer.reason);
          return answer;
        }),
    },
  },
  {
    name: 'stops the run where its token has expired for a moment',
    breaks: [6],
    // Slow enough that the worker still calls KMS when the token expires. It then retries KMS for 1.1 s of waits and two
    // turns of 250 ms. Within another 1.1 s it writes to the ledger why it stops; its last try must find the token valid.
    given: {
      ...{ ...CALM, items: 20, kmsRequestsPerSecond: 4, workers: 1 },
      passing: { ...NOTHING, unrecognisedFrom: { atMs: 3_000, ms: 2_400 } },
    },
    bug: {
      ports: ports => ({
        ...ports,
        keys: {
          pace: rate => ports.keys.pace(rate),
          takeUsage: () => ports.keys.takeUsage(),
          tryReEncrypt: request => ports.keys.tryReEncrypt(request),
          reEncrypt: async (request): Promise<ReEncryptAnswer> => {
            try {
              return await ports.keys.reEncrypt(request);
            } catch (error) {
              if (!(error instanceof ServiceUnavailable)) throw error;
              throw new PremiseBroken('kms.call', error.message, { cause: error });
            }
          },
        },
      }),
    },
  },
];
