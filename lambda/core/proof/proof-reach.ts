import type { StorePlace } from '../model/store-place.ts';
import type { ProofPart, StoreProof } from './store-proof.ts';

/**
 * What a stored proof counts for. `silent`: it makes its place known but says nothing about it, because the run has only
 * begun, or did not finish, or was a census that found no doubt.
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

/** Only this field narrows the part. `disjoint` does not narrow anything. */
export function isPartOnlyBy(part: ProofPart, field: keyof ProofPart): boolean {
  const narrowing = Object.entries(part).filter(
    ([name, value]) => value !== undefined && !['words', 'disjoint'].includes(name),
  );
  return narrowing.length === 1 && narrowing[0]?.[0] === field;
}

/** The places whose every record a proof covers: its own, or those of the prefixes that it was narrowed to. */
export function wholeOf(proof: StoreProof): readonly StorePlace[] {
  const { place, part } = proof;
  if (part === undefined) return [place];
  return isPartOnlyBy(part, 'prefixes') ? prefixPlaces(proof) : [];
}

/** The places that contain every record that a doubt may be about. */
export function reachOf(proof: StoreProof): readonly StorePlace[] {
  return proof.part?.prefixes === undefined ? [proof.place] : prefixPlaces(proof);
}

function prefixPlaces({ place, part }: StoreProof): readonly StorePlace[] {
  return (part?.prefixes ?? []).map(prefix => ({ ...place, prefix }));
}
