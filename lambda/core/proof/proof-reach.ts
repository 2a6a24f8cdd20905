import type { StorePlace } from '../model/store-place.ts';
import type { ProofPart, StoreProof } from './store-proof.ts';

/**
 * What a stored proof weighs. `silent`: it makes its place known, and says nothing of it: a run that has begun, or that
 * did not come to its end, or a census that found no doubt.
 */
export type ProofWeight = 'proof' | 'doubt' | 'silent';

export function weightOf({ verdict, begun, mode, doubts = [] }: StoreProof): ProofWeight {
  if (begun === true) return 'silent';
  if (verdict === 'proven' || verdict === 'empty') return 'proof';
  const silent: readonly string[] = ['incomplete', 'not-verified'];
  const found = doubts.filter(({ code }) => !silent.includes(code));
  const unfinished = doubts.some(({ code }) => code === 'incomplete');
  return (mode === 'census' || unfinished) && verdict !== undefined && found.length === 0
    ? 'silent'
    : 'doubt';
}

/** Nothing but this narrows the part. That it is apart from other stores of its job narrows nothing. */
export function isPartOnlyBy(part: ProofPart, field: keyof ProofPart): boolean {
  const narrowing = Object.entries(part).filter(
    ([name, value]) => value !== undefined && !['words', 'disjoint'].includes(name),
  );
  return narrowing.length === 1 && narrowing[0]?.[0] === field;
}

/** The places that a proof is about every record of: its own, or those of the prefixes that it was narrowed to. */
export function wholeOf(proof: StoreProof): readonly StorePlace[] {
  const { place, part } = proof;
  if (part === undefined) return [place];
  return isPartOnlyBy(part, 'prefixes') ? prefixPlaces(proof) : [];
}

/** The places that hold every record that a doubt may be about. */
export function reachOf(proof: StoreProof): readonly StorePlace[] {
  return proof.part?.prefixes === undefined ? [proof.place] : prefixPlaces(proof);
}

function prefixPlaces({ place, part }: StoreProof): readonly StorePlace[] {
  return (part?.prefixes ?? []).map(prefix => ({ ...place, prefix }));
}
