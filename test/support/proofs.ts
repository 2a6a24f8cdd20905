import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { parseStorePlace, type StorePlace } from '../../lambda/core/model/store-place.ts';
import { NEW_KEY, OLD_KEY } from './builders.ts';

export const PLACE: StorePlace = { type: 'dynamodb', region: 'us-east-1', name: 'Orders' };
/** When the run that made these proofs ended, in milliseconds since 1970. */
export const ENDED = Date.UTC(2026, 10, 21);

/** A proof for a whole table, by one run from the old key to the new one. */
export function proof(changes: Partial<StoreProof> = {}): StoreProof {
  return {
    ...{ place: PLACE, slot: 'edk', job: 'orders', runId: 'run-1', mode: 'migrate' },
    ...{ at: new Date(ENDED).toISOString(), sourceKeyArns: [OLD_KEY], destinationKeyArn: NEW_KEY },
    ...{ verdict: 'proven', doubts: [], proven: 20, foreign: 0, withoutDataKey: 0, remaining: 0 },
    keepsSource: false,
    ...(changes.place?.type === 's3' && { serverSideEncrypted: [] }),
    ...changes,
  };
}

/** A result of a run that left something behind which may need a source key. */
export function doubted(words: string, changes: Partial<StoreProof> = {}): StoreProof {
  return proof({ verdict: 'not-proven', doubts: [{ code: 'remaining', words }], ...changes });
}

/** Parses a place as reports write it. */
export function placeAt(text: string): StorePlace {
  const place = parseStorePlace(text);
  if (place === undefined) throw new TypeError(`no place: ${text}`);
  return place;
}
