import { configureFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import type { AssumedRole, Job, Store } from '../model/job.ts';
import { sourceRegion } from '../model/job-regions.ts';
import { weightOf } from '../proof/proof-reach.ts';
import {
  covers,
  isSameName,
  isSamePlace,
  shareRecords,
  storePlaceText,
  type StorePlace,
} from '../model/store-place.ts';
import { accountOf } from '../model/store-account.ts';
import { writtenPlace } from '../stores/places.ts';
import { isWholeProofOf } from './evidence.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { jobText } from '../proof/plan-proofs.ts';

/** A place that a job names, with what it says of it. */
export interface NamedPlace {
  readonly place: StorePlace;
  readonly slot: string | undefined;
  readonly job: string;
  readonly text: string;
  readonly account?: string;
  readonly assumeRole?: AssumedRole;
}

export interface KnownPlace {
  readonly place: StorePlace;
  readonly slot: string | undefined;
  readonly job: string;
  /** Whose store it is, where that is another account. */
  readonly account?: string;
  /** With which it can be looked at. Runs do not tell it: only a job that is there now. */
  readonly assumeRole?: AssumedRole;
}

export function namedPlaces(jobs: readonly Job[], formats: FormatRegistry): readonly NamedPlace[] {
  return jobs.flatMap(job =>
    job.stores.map(store => ({
      place: writtenPlace(store, sourceRegion(job)),
      slot: configureFormat(store, formats).identity,
      job: job.name,
      text: jobText(store),
      ...ofRole(store),
    })),
  );
}

function ofRole(store: Store): Pick<NamedPlace, 'account' | 'assumeRole'> {
  const { assumeRole } = store;
  const account = accountOf(store);
  return { ...(account !== undefined && { account }), ...(assumeRole !== undefined && { assumeRole }) };
}

/** Places of jobs and of runs, each once. */
export function knownPlaces(
  named: readonly NamedPlace[],
  visited: readonly StoreProof[],
): readonly KnownPlace[] {
  const runs = visited.map(({ place, slot, job, account }) => ({
    ...{ place, slot, job },
    ...(account !== undefined && { account }),
  }));
  const jobs = named.map(({ text: _text, ...known }) => known);
  const all: readonly KnownPlace[] = [...runs, ...jobs];
  return [...new Map(all.map(one => [JSON.stringify([storePlaceText(one.place), one.slot]), one])).values()];
}

/** When the run proved that place, the job said something else about it, so readers may find something else now. */
export function isOutdated(proof: StoreProof, named: readonly NamedPlace[]): boolean {
  if (weightOf(proof) !== 'proof') return false;
  const same = named.filter(
    ({ job, place, slot }) => job === proof.job && slot === proof.slot && shareRecords(place, proof.place),
  );
  return same.length > 0 && !same.some(({ text }) => text === proof.jobText);
}

export interface Superseding {
  readonly named: readonly NamedPlace[];
  readonly proofs: readonly StoreProof[];
  readonly keyArn: string;
}

/**
 * A doubt about a place that no job names any more, and that a later proof makes obsolete: it was written by an earlier
 * version, which does not name a slot, or no run found a data key there because the name was misspelt.
 */
export function isSuperseded(proof: StoreProof, { named, proofs, keyArn }: Superseding): boolean {
  const { place, slot } = proof;
  if (named.some(one => isSamePlace(one.place, place) && one.slot === slot)) return false;
  const said = proofs.filter(one => isSamePlace(one.place, place) && one.slot === slot);
  const proven = proofs.filter(other => said.every(one => isWholeProofOf(other, one, keyArn)));
  // A run that looks for data keys at another slot also searches all other places of each record.
  const elsewhere = proven.some(other => other.slot !== slot && covers(other.place, place));
  if (slot === undefined) return elsewhere;
  return (
    (elsewhere && isSeenWithout('dataKeys', said)) ||
    (isSeenWithout('records', said) && proven.some(other => isCorrected(proof, other)))
  );
}

/** Every finished run there counted none, and the last one looked at all of it. */
function isSeenWithout(counted: 'dataKeys' | 'records', said: readonly StoreProof[]): boolean {
  const ended = said.filter(({ begun }) => begun !== true);
  const whole = ended.filter(({ part }) => part === undefined);
  return ended.every(one => one[counted] === 0) && said.every(({ at }) => whole.some(one => one.at >= at));
}

/** The same job has proven another prefix of the same bucket since. */
function isCorrected(earlier: StoreProof, later: StoreProof): boolean {
  return (
    earlier.place.prefix !== undefined && earlier.job === later.job && isSameName(earlier.place, later.place)
  );
}
