import { Buffer } from 'node:buffer';
import { canonicalJson } from '../model/canonical-json.ts';
import { storePlaceText, type StorePlace } from '../model/store-place.ts';
import { digest } from '../model/digest.ts';
import { weightOf } from './proof-reach.ts';
import type { StoreProof } from './store-proof.ts';

/**
 * The same name for statements about the same records, the same place in them, and the same move: from the same keys, and
 * the same place if they are copies, to the same key. A run to another key takes nothing away from what an earlier one has
 * brought under its own. Doubts have names of their own, so that a later proof of a part does not replace them.
 */
export function proofId(proof: StoreProof): string {
  const { slot, part, sourceKeyArns, destinationKeyArn, copiedFrom } = proof;
  const place = storePlaceText(proof.place);
  const from = copiedFrom && storePlaceText(copiedFrom);
  const about = [place, slot, part, weightOf(proof), [...sourceKeyArns].sort(), destinationKeyArn, from];
  return `${proofIdsOf(proof.place)}${digest(Buffer.from(canonicalJson(about)))}`;
}

/** What the ids of proofs of a place begin with. Places with long names may share it. */
function proofIdsOf(place: StorePlace): string {
  // A sort key has at most 1,024 bytes, and a prefix alone may have as many.
  return `${storePlaceText(place).slice(0, 200)}#`;
}

/** What the ids of proofs of all places begin with that may share records with this one. So do ids of others. */
export function proofIdsAbout(place: StorePlace): string {
  return place.prefix === undefined
    ? proofIdsOf(place)
    : storePlaceText({ ...place, prefix: '' }).slice(0, 200);
}
