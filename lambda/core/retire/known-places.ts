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
import { copiedPlace, writtenPlace } from '../stores/places.ts';
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
  readonly copiedTo?: StorePlace;
}

export interface KnownPlace {
  readonly place: StorePlace;
  readonly slot: string | undefined;
  readonly job: string;
  /** Whose store it is, where that is another account. */
  readonly account?: string;
  /** With which it can be looked at. Runs do not tell it: only a job that is there now. */
  readonly assumeRole?: AssumedRole;
  /** It is only copied, as far as is known: whatever is proven of the copies, its own data keys stay as they are. */
  readonly copiedTo?: StorePlace;
}

export function namedPlaces(jobs: readonly Job[], formats: FormatRegistry): readonly NamedPlace[] {
  return jobs.flatMap(job =>
    job.stores.flatMap((store): readonly NamedPlace[] => {
      const [region, name] = [sourceRegion(job), job.name];
      const written: NamedPlace = {
        ...{ place: writtenPlace(store, region), slot: configureFormat(store, formats).identity },
        ...{ job: name, text: jobText(store), ...ofRole(store) },
      };
      const from = copiedPlace(store, region);
      return from === undefined ? [written] : [{ ...written, place: from, copiedTo: written.place }, written];
    }),
  );
}

function ofRole(store: Store): Pick<NamedPlace, 'account' | 'assumeRole'> {
  const { assumeRole } = store;
  const account = accountOf(store);
  return { ...(account !== undefined && { account }), ...(assumeRole !== undefined && { assumeRole }) };
}

interface Visited {
  readonly visited: readonly StoreProof[];
  readonly keyArn: string;
}

/** Places of jobs and of runs, each once: as one that is written, if it is that as well. */
export function knownPlaces(
  named: readonly NamedPlace[],
  { visited, keyArn }: Visited,
): readonly KnownPlace[] {
  const runs = visited.flatMap(proof => placesOf(proof, keyArn));
  const jobs = named.map(({ text: _text, ...known }) => known);
  const isCopied = ({ copiedTo }: KnownPlace): boolean => copiedTo !== undefined;
  const places: readonly KnownPlace[] = [...runs, ...jobs];
  const all = [...places.filter(isCopied), ...places.filter(one => !isCopied(one))];
  return [...new Map(all.map(one => [JSON.stringify([storePlaceText(one.place), one.slot]), one])).values()];
}

/** A run that copies has brought nothing under its destination key where it copied from. */
function placesOf(
  { place, copiedFrom, slot, job, account, sourceKeyArns }: StoreProof,
  keyArn: string,
): readonly KnownPlace[] {
  const said = { slot, job, ...(account !== undefined && { account }) };
  return copiedFrom === undefined || !sourceKeyArns.includes(keyArn)
    ? [{ ...said, place }]
    : [
        { ...said, place: copiedFrom, copiedTo: place },
        { ...said, place },
      ];
}

/**
 * When the run proved that place, the job said something else about it, so readers may find something else now. `moving`: jobs
 * that move data keys away from the key. They are asked as well, because a job may have got another name.
 */
export function isOutdated(
  proof: StoreProof,
  { named, moving }: { readonly named: readonly NamedPlace[]; readonly moving: readonly Job[] },
): boolean {
  if (weightOf(proof) !== 'proof') return false;
  const names = [proof.job, ...moving.map(({ name }) => name)];
  const same = named.filter(
    ({ job, place, slot }) => names.includes(job) && slot === proof.slot && shareRecords(place, proof.place),
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
