import { areComplements } from '../model/table-filter.ts';
import type { StoreProof } from './store-proof.ts';

/** A place where a data key lies, in all records of a table, or of a bucket and prefix. */
export interface ProvenPlace {
  readonly place: string;
  readonly slot: string | undefined;
}

export type Evidence =
  /** `proofs`: one of the whole, or several of parts that add up to it. */
  | { readonly kind: 'proven'; readonly proofs: readonly StoreProof[] }
  /** The newest word on it, which proves nothing. */
  | { readonly kind: 'doubt'; readonly proof: StoreProof }
  /** Parts are proven, and it cannot be seen that they are all of it. */
  | { readonly kind: 'parts'; readonly proofs: readonly StoreProof[] }
  | { readonly kind: 'none' };

/**
 * What is proven of a place. The newest word counts: whatever was found in doubt, or rolled back, in any part of it,
 * makes void what was proven before.
 */
export function evidenceOf({ place, slot }: ProvenPlace, proofs: readonly StoreProof[]): Evidence {
  const same = proofs.filter(proof => proof.slot === slot);
  const touching = newestFirst(
    same.filter(proof => covers(proof.place, place) || covers(place, proof.place)),
  );
  const doubt = touching.find(proof => !isProven(proof));
  const since = touching.filter(
    proof => isProven(proof) && covers(proof.place, place) && (doubt === undefined || proof.at > doubt.at),
  );
  const whole = since.find(({ part }) => part === undefined);
  if (whole !== undefined) return { kind: 'proven', proofs: [whole] };
  const parts = sumsUp(since);
  if (parts !== undefined) return { kind: 'proven', proofs: parts };
  if (doubt !== undefined) return { kind: 'doubt', proof: doubt };
  return since.length > 0 ? { kind: 'parts', proofs: since } : { kind: 'none' };
}

function isProven({ verdict }: StoreProof): boolean {
  return verdict === 'proven' || verdict === 'empty';
}

function newestFirst(proofs: readonly StoreProof[]): readonly StoreProof[] {
  return [...proofs].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Every record of the second place is one of the first. Prefixes of one bucket may hold each other; tables do not. */
export function covers(place: string, other: string): boolean {
  return place === other || (place.startsWith('s3:') && other.startsWith(place));
}

/** Proofs of parts that are all of a table together: all segments of one scan, or a filter and its negation. */
function sumsUp(proofs: readonly StoreProof[]): readonly StoreProof[] | undefined {
  for (const one of proofs) {
    const { segments, filter } = one.part ?? {};
    if (segments !== undefined) {
      const same = proofs.filter(({ part }) => part?.segments?.total === segments.total);
      const seen = new Set(same.flatMap(({ part }) => part?.segments?.only ?? []));
      if (seen.size === segments.total) return same;
    }
    const other = proofs.find(
      ({ part }) => filter !== undefined && part?.filter !== undefined && areComplements(filter, part.filter),
    );
    if (other !== undefined) return [one, other];
  }
  return undefined;
}
