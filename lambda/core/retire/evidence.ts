import { covers, isSamePlace, type StorePlace } from '../model/store-place.ts';
import { areComplements } from '../model/table-filter.ts';
import { isPartOnlyBy, reachOf, weightOf, wholeOf } from '../proof/proof-reach.ts';
import type { StoreProof } from '../proof/store-proof.ts';

/** A place and slot of data keys, and the key that is asked about. */
export interface AskedPlace {
  readonly place: StorePlace;
  readonly slot: string | undefined;
  readonly keyArn: string;
}

export type Evidence =
  /** `proofs`: one proof of the whole place, or several proofs of parts that add up to it. */
  | { readonly kind: 'proven'; readonly proofs: readonly StoreProof[] }
  /** The newest statement about it, which proves nothing. */
  | { readonly kind: 'doubt'; readonly proof: StoreProof }
  /** Parts are proven, but they cannot be shown to be all of it. */
  | { readonly kind: 'parts'; readonly proofs: readonly StoreProof[] }
  | { readonly kind: 'none' };

/**
 * What is proven about a place. If anything in it was found in doubt, rolled back, or brought under the key, earlier proofs
 * no longer count, until a run that began later has proven everything that the doubt was about.
 */
export function evidenceOf(asked: AskedPlace, proofs: readonly StoreProof[]): Evidence {
  const { place, slot, keyArn } = asked;
  const touching = touchingOf(asked, proofs);
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

/** Newest first. */
function touchingOf({ place, slot }: AskedPlace, proofs: readonly StoreProof[]): readonly StoreProof[] {
  return newestFirst(
    proofs.filter(
      proof =>
        (proof.slot === slot || proof.slot === undefined) &&
        reachOf(proof).some(one => covers(one, place) || covers(place, one)),
    ),
  );
}

/**
 * The newest run that would tell something about it, has begun since it was proven, and has told nothing: it is at work, or was
 * ended from outside. What it has found may be a doubt.
 */
export function untoldOf(asked: AskedPlace, proofs: readonly StoreProof[]): StoreProof | undefined {
  const evidence = evidenceOf(asked, proofs);
  if (evidence.kind !== 'proven') return undefined;
  return touchingOf(asked, proofs).find(
    ({ begun, at, sourceKeyArns }) =>
      begun === true && sourceKeyArns.includes(asked.keyArn) && evidence.proofs.every(proof => at > proof.at),
  );
}

/**
 * Whether a proof is about this key. If the key was not among the run's sources, `foreign-key` may mean this very key; and
 * the run did not look elsewhere for its name or, for an RSA key, for ciphertexts of its length.
 */
function proves(proof: StoreProof, keyArn: string): boolean {
  return (
    weightOf(proof) === 'proof' && proof.destinationKeyArn !== keyArn && proof.sourceKeyArns.includes(keyArn)
  );
}

function doubts(proof: StoreProof, keyArn: string): boolean {
  return weightOf(proof) === 'doubt' || proof.destinationKeyArn === keyArn;
}

/** A run that was under way when the doubt arose may have visited those records before. */
function isAfter({ startedAt, at }: StoreProof, doubt: StoreProof): boolean {
  return (startedAt ?? at) > doubt.at;
}

/** A proof of all of its place, and later than the other statement. */
export function isWholeProofOf(proof: StoreProof, earlier: StoreProof, keyArn: string): boolean {
  return proof.part === undefined && proves(proof, keyArn) && isAfter(proof, earlier);
}

/** The later run has proven everything that the doubt was about. */
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

/** Proofs of parts that together are all of a table: all segments of one scan, or a filter and its negation in one run. */
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

/** In one run only: between two runs, an item may move from the half that is visited later to the one that was visited earlier. */
function areTwoHalves(a: StoreProof, b: StoreProof): boolean {
  const [one, other] = [a, b].map(({ part }) =>
    part !== undefined && isPartOnlyBy(part, 'filter') ? part.filter : undefined,
  );
  return a.runId === b.runId && one !== undefined && other !== undefined && areComplements(one, other);
}
