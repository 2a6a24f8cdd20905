import { restingWords } from '../verdict/resting-words.ts';
import { counted } from '../verdict/store-verdict.ts';
import { AUTO } from '../model/format.ts';
import { blocks, note, waits, type RetireFinding } from './findings.ts';
import { storePlaceText, type StorePlace } from '../model/store-place.ts';
import type { Seen } from '../stores/lookup.ts';
import type { StoreBackups } from '../stores/store.ts';
import { versionsText, type NoncurrentVersions } from '../model/noncurrent-versions.ts';
import type { Evidence } from './evidence.ts';
import type { StoreProof } from '../proof/store-proof.ts';

/** A store that some job moves away from the key, whether or not a run has been there. */
export interface KnownStore {
  readonly place: StorePlace;
  /** Where in its records the data key lies. */
  readonly slot?: string;
  readonly job: string;
  /** Whose store it is, where that is another account. */
  readonly account?: string;
  /** Where its data keys are copied to; absent where a job or a run is known that moves its own. */
  readonly copiedTo?: StorePlace;
  /** The key that is asked about. */
  readonly keyArn: string;
  readonly evidence: Evidence;
  /** A run that has begun there since it was proven, and has told nothing. */
  readonly untold?: StoreProof;
  /** Proofs that no longer count because the job now says something else about this store. */
  readonly outdated?: readonly StoreProof[];
  /** Absent where it could not be looked up. */
  readonly backups?: StoreBackups;
  /** ARNs of the keys that its service itself encrypts it with. Absent where it was not looked up. */
  readonly serverSide?: Seen<readonly string[]>;
}

/** The furthest that point-in-time recovery of DynamoDB reaches back. */
const RECOVERY_DAYS = 35;
const DAY_MS = 24 * 3_600_000;

/** @param now milliseconds since 1970 */
export function storeFindings(store: KnownStore, now: number): readonly RetireFinding[] {
  return [...proofFindings(store), ...backupFindings(store, now)];
}

/** The proofs that evidence is made of. */
export function proofsIn(evidence: Evidence): readonly StoreProof[] {
  switch (evidence.kind) {
    case 'proven':
    case 'parts':
      return evidence.proofs;
    case 'doubt':
      return [evidence.proof];
    case 'none':
      return [];
  }
}

/** With its account, of buckets as well. */
function placeOf({ place, account }: Pick<KnownStore, 'place' | 'account'>): string {
  return storePlaceText({ ...place, ...(account !== undefined && { account }) });
}

function proofFindings(store: KnownStore): readonly RetireFinding[] {
  const { slot, job, evidence, untold } = store;
  const place = placeOf(store);
  const about = slot === undefined ? place : `${place} ${slot}`;
  const verify = `rewrap run ${job} --mode verify tells`;
  const words = blockingWords(store, verify);
  if (words !== undefined) return [blocks(about, words)];
  return [
    ...proofsIn(evidence).flatMap(proof => provenNotes(about, proof, verify)),
    ...(untold === undefined ? [] : [waits(about, untoldWords(untold, verify))]),
  ];
}

function blockingWords(store: KnownStore, verify: string): string | undefined {
  const { job, slot, keyArn, evidence, outdated, copiedTo } = store;
  // Each run finds the format anew, so what one has proven may not be what the next one would look at.
  if (slot === AUTO)
    return `the job ${job} leaves the format to auto, and so no proof is about it; write the format that rewrap plan ${job} shows into the job, and then rewrap run ${job} --mode verify`;
  if (copiedTo !== undefined && evidence.kind === 'none')
    return `the job ${job} leaves its data keys where they are: only their copies, in ${storePlaceText(copiedTo)}, are under another key; move them by a job that does not copy, or empty the store and let such a job verify it`;
  // Where it was copied from is a place of its own.
  const copies = proofsIn(evidence).find(({ keepsSource, copiedFrom }) => keepsSource && !copiedFrom);
  if (copies !== undefined)
    return `the source data keys were left where they are (run ${copies.runId}): only their copies are under another key`;
  if (evidence.kind === 'proven') return madeSince(store, verify);
  const [changed] = outdated ?? [];
  if (changed !== undefined) return changedWords(changed, job);
  switch (evidence.kind) {
    case 'none':
      return `no run of the job ${job} has finished there; ${verify}`;
    case 'doubt':
      return doubtWords(evidence.proof, keyArn, verify);
    case 'parts':
      return `only parts of it are proven (${evidence.proofs.map(({ part }) => part?.words).join('; ')}): verify all of it, with a job that is not narrowed`;
  }
}

function changedWords({ job: then, runId }: StoreProof, job: string): string {
  return then === job
    ? `what the job ${job} says about it (format, contexts or answers) has changed since run ${runId} proved it; rewrap run ${job} --mode verify`
    : `the job ${job} says something else about it (format, contexts or answers) than the job ${then} did when run ${runId} proved it; rewrap run ${job} --mode verify`;
}

function untoldWords({ runId, mode, job, at }: StoreProof, verify: string): string {
  return `run ${runId} (${mode} of the job ${job}) has begun there at ${at}, and has not told what it found: wait for its end (rewrap watch ${runId}) or, if it was ended from outside, ${verify}`;
}

/** A run reads a table that is there, so one that was made later has not been read: it was restored, imported, or made anew. */
function madeSince({ evidence, backups }: KnownStore, verify: string): string | undefined {
  const { madeAt } = backups ?? {};
  const before = proofsIn(evidence).find(
    ({ startedAt, at }) => madeAt !== undefined && madeAt > Date.parse(startedAt ?? at),
  );
  return madeAt === undefined || before === undefined
    ? undefined
    : `was made at ${new Date(madeAt).toISOString()}, after run ${before.runId} of ${before.at} had begun: that run has read another table of this name, and nobody this one; ${verify}`;
}

function provenNotes(about: string, proof: StoreProof, verify: string): readonly RetireFinding[] {
  const { ignored = [] } = proof;
  return [
    note(about, provenWords(proof, verify)),
    ...(ignored.length === 0
      ? []
      : [
          note(
            about,
            `the job answers for ${ignored.join(', ')}: whether data keys there need this key was not asked`,
          ),
        ]),
  ];
}

function doubtWords(proof: StoreProof, keyArn: string, verify: string): string {
  const { mode, runId, at, doubts, verdict, remaining, destinationKeyArn } = proof;
  if (destinationKeyArn === keyArn)
    return `run ${runId} of ${at} has brought data keys under this key, and no run since has proven that they were moved away`;
  if (mode === 'rollback')
    return `was rolled back by run ${runId} since ${at}: its data keys may be under this key again`;
  if (verdict === undefined)
    return `run ${runId} of ${at} was of an earlier version, which did not count doubts; ${verify}`;
  if (doubts === undefined || doubts.length === 0)
    return `run ${runId} of ${at} does not know what is left; ${verify}`;
  const left = remaining === null || remaining === 0 ? '' : `; rewrap report ${runId} names them`;
  return `${doubts.map(({ words }) => words).join('; ')} (run ${runId} of ${at})${left}`;
}

function provenWords(proof: StoreProof, verify: string): string {
  const { verdict, runId, at, part, proven, withoutDataKey = 0 } = proof;
  const where = part === undefined ? '' : `of ${part.words}: `;
  if (verdict === 'empty') return `${where}was empty at ${at} (run ${runId}); whether it still is, ${verify}`;
  const opened = `KMS opened ${counted(proven ?? 0, 'data key')} there with the destination key`;
  const words = restingWords({ ...proof, resting: proof.resting, proven: proven ?? 0 });
  const rests = words === '' ? '' : ` (${words})`;
  const without =
    withoutDataKey === 0
      ? ''
      : `, and ${counted(withoutDataKey, 'record')} held no data key where the job looks`;
  return `${where}nothing was left at ${at} (run ${runId}): ${opened}${rests}${without}; what writers did since, ${verify}`;
}

function backupFindings({ evidence, backups, ...store }: KnownStore, now: number): readonly RetireFinding[] {
  const place = placeOf(store);
  if (backups === undefined) return [waits(place, UNSEEN)];
  const { pointInTimeRecovery, noncurrentVersions, replicaRegions } = backups;
  return [
    ...(pointInTimeRecovery ? [recoveryFinding(place, evidence, now)] : []),
    ...(noncurrentVersions ? [versionFinding(place, backups.versions)] : []),
    ...(replicaRegions.length > 0
      ? [
          note(
            place,
            `its replicas in ${replicaRegions.join(', ')} follow it: make sure that replication is not behind`,
          ),
        ]
      : []),
  ];
}

const UNSEEN =
  'could not be looked at: whether backups or old versions of it hold old data keys, and with which key it is itself encrypted, is not known';
const OLD_KEYS =
  'may hold old data keys: let a lifecycle rule expire them, or keep the key for as long as you keep them';

/** S3 lists what was written before (strongly consistent, S3 user guide): if it lists no version, no old data key is in any. */
function versionFinding(place: string, versions: NoncurrentVersions | undefined): RetireFinding {
  if (versions?.kind !== 'counted') return waits(place, `noncurrent versions of its objects ${OLD_KEYS}`);
  return versions.complete && versions.versions === 0
    ? note(place, 'has no noncurrent version of an object at this moment')
    : waits(place, `${versionsText(versions)} of its objects ${OLD_KEYS}`);
}

/** What was under the key was overwritten before the run that found nothing left had ended. */
function recoveryFinding(place: string, evidence: Evidence, now: number): RetireFinding {
  const ended = Math.max(...proofsIn(evidence).map(({ at }) => Date.parse(at)));
  return evidence.kind !== 'proven' || now <= ended + RECOVERY_DAYS * DAY_MS
    ? waits(place, recoverable(evidence))
    : note(
        place,
        `point-in-time recovery reaches back ${RECOVERY_DAYS} days at most, and no data key was left at ${new Date(ended).toISOString()}: a table restored by it needs this key no more; on-demand backups and exports do, for as long as you keep them`,
      );
}

function recoverable(evidence: Evidence): string {
  const ends = proofsIn(evidence).map(({ at }) => Date.parse(at));
  const until =
    ends.length === 0
      ? ''
      : `, until ${new Date(Math.max(...ends) + RECOVERY_DAYS * DAY_MS).toISOString().slice(0, 10)}`;
  return `point-in-time recovery holds old data keys for up to ${RECOVERY_DAYS} days after they were moved${until}: a restored table would need this key; so would on-demand backups and exports, for as long as you keep them`;
}
