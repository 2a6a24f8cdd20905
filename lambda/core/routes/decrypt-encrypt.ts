import { plannedKey } from '../keys/find-key.ts';
import { destinationRegion, sourceRegion } from '../model/job-regions.ts';
import { isWithinRegion, needsTwoRegions, oneCall } from './one-call.ts';
import { problem, type Route } from './route.ts';

/** Decrypt in one Region, Encrypt in the other: the last resort. The plaintext worker's key service does both in one call. */
export const decryptEncrypt: Route = {
  ...oneCall,
  type: 'decrypt-encrypt',
  fields: {},
  calls: ['kms:Decrypt', 'kms:Encrypt'],
  plaintext: true,
  warnings: [
    'the route decrypt-encrypt takes every data key out of KMS in plaintext, into the memory of the plaintext worker; Plan cannot ask beforehand whether that worker may Decrypt and Encrypt',
  ],
  mayLead: job => !isWithinRegion(job),
  problems: needsTwoRegions,
  fieldProblems: () => [],
  hops: () => [],

  choose({ job, sources, plaintextAllowed }) {
    const type = 'decrypt-encrypt';
    const words =
      'takes plaintext data keys out of KMS, which this deployment does not allow; name a bridge key, or allow it with "allowPlaintextRoute": true in deployment.json';
    if (!plaintextAllowed)
      return Promise.resolve({ kind: 'does-not', problems: problem('route.type', type, words) });
    const why = `plaintext data keys leave KMS between ${sourceRegion(job)} and ${destinationRegion(job)}`;
    return Promise.resolve({
      kind: 'works',
      route: { type, why },
      sources: sources.map(one => plannedKey(one)),
    });
  },

  /** Plan may not decrypt, not even in a dry run. The first page shows whether the plaintext worker may. */
  requests: () => [],
};
