import { covers, isSamePlace, type StorePlace } from '../model/store-place.ts';
import { areComplements } from '../model/table-filter.ts';
import { isPartOnlyBy, reachOf, weightOf, wholeOf } from '../proof/proof-reach.ts';
import type { StoreProof } from '../proof/store-proof.ts';

/** A place where a data key lies, in all records of a table, or of a bucket and prefix, and the key that is asked about. */
export interface AskedPlace {
  readonly place: StorePlace;
  readonly slot: string | undefined;
  readonly keyArn: string;
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
 * What is proven of a place. Whatever was found in doubt, rolled back, or brought under the key, in any part of it,
 * makes void what was proven before, until a run that began later has proven all that the doubt was about.
 */
export function evidenceOf(asked: AskedPlace, proofs: readonly StoreProof[]): Evidence {
  const { place, slot, keyArn } = asked;
  const touching = newestFirst(
    proofs.filter(
      proof =>
        (proof.slot === slot || proof.slot === undefined) &&
        reachOf(proof).some(one => covers(one, place) || covers(place, one)),
    ),
  );
  const proving = touching.filter(proof => proof.slot === slot && proves(proof, keyArn));
  const doubt = touching.find(
    proof => doubts(proof, keyArn) && !proving.some(later => answers(later, proof)),
  );
  const since = proving.filter(proof => doubt === undefined || isAfter(proof, doubt));
  const whole = since.find(proof => wholeOf(proof).some(one => covers(one, place)));
  if (whole !== undefined) return { kind: 'proven', proofs: [whole] };
  const here = since.filter(proof => covers(proof.place, place));
  const parts = sumsUp(here);
  if (parts !== undefined) return { kind: 'proven', proofs: parts };
  if (doubt !== undefined) return { kind: 'doubt', proof: doubt };
  const some = here.filter(({ part }) => part !== undefined);
  return some.length > 0 ? { kind: 'parts', proofs: some } : { kind: 'none' };
}

/**
 * Of a run that did not have the key among its sources, `foreign-key` may mean just that key; and outside its places it
 * has not looked for this key's name, nor for ciphertexts of its length if it is an RSA key.
 */
function proves(proof: StoreProof, keyArn: string): boolean {
  return (
    weightOf(proof) === 'proof' && proof.destinationKeyArn !== keyArn && proof.sourceKeyArns.includes(keyArn)
  );
}

function doubts(proof: StoreProof, keyArn: string): boolean {
  return weightOf(proof) === 'doubt' || proof.destinationKeyArn === keyArn;
}

/** A run that was on its way when the doubt arose may have visited those records before. */
function isAfter({ startedAt, at }: StoreProof, doubt: StoreProof): boolean {
  return (startedAt ?? at) > doubt.at;
}

/** Of all of its place, and later than what was said of another one. */
export function isWholeProofOf(proof: StoreProof, earlier: StoreProof, keyArn: string): boolean {
  return proof.part === undefined && proves(proof, keyArn) && isAfter(proof, earlier);
}

/** The later run has proven all that the doubt was about, or more. */
function answers(later: StoreProof, doubt: StoreProof): boolean {
  if (!isAfter(later, doubt)) return false;
  const whole = wholeOf(later);
  if (reachOf(doubt).every(one => whole.some(other => covers(other, one)))) return true;
  const [all, some] = [segmentsOf(later), doubt.part?.segments];
  return (
    isSamePlace(later.place, doubt.place) &&
    all !== undefined &&
    all.total === some?.total &&
    some.only.every(segment => all.only.includes(segment))
  );
}

function newestFirst(proofs: readonly StoreProof[]): readonly StoreProof[] {
  return [...proofs].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/**
 * A segment holds the same records in every scan of as many segments: which one an item is in follows from its partition
 * key (DynamoDB developer guide, Scan).
 */
function segmentsOf({ part }: StoreProof): NonNullable<StoreProof['part']>['segments'] {
  return part !== undefined && isPartOnlyBy(part, 'segments') ? part.segments : undefined;
}

/** Proofs of parts that are all of a table together: all segments of one scan, or a filter and its negation in one run. */
function sumsUp(proofs: readonly StoreProof[]): readonly StoreProof[] | undefined {
  for (const one of proofs) {
    const total = segmentsOf(one)?.total;
    if (total !== undefined) {
      const same = proofs.filter(other => segmentsOf(other)?.total === total);
      const seen = new Set(same.flatMap(other => segmentsOf(other)?.only ?? []));
      if (seen.size === total) return same;
    }
    const other = proofs.find(candidate => areTwoHalves(one, candidate));
    if (other !== undefined) return [one, other];
  }
  return undefined;
}

/** Between two runs, an item may go from the half that is visited second to the one that was visited first. */
function areTwoHalves(a: StoreProof, b: StoreProof): boolean {
  const [one, other] = [a, b].map(({ part }) =>
    part !== undefined && isPartOnlyBy(part, 'filter') ? part.filter : undefined,
  );
  return a.runId === b.runId && one !== undefined && other !== undefined && areComplements(one, other);
}
