import type { KeyDescription } from '../plan/ports.ts';
import type { KeyUsage, StoreBackups } from './ports.ts';
import type { StoreProof } from './store-proof.ts';

/** A store that some job moves away from the key, whether or not a run has been there. */
export interface KnownStore {
  readonly place: string;
  readonly job: string;
  readonly proof?: StoreProof;
  /** Absent where it could not be looked up. */
  readonly backups?: StoreBackups;
}

export interface RetireFacts {
  readonly key: Pick<KeyDescription, 'arn' | 'state' | 'multiRegion'>;
  readonly usage: KeyUsage;
  readonly stores: readonly KnownStore[];
  /** Jobs and proofs that bring data keys under this key. */
  readonly destinationOf: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** `blocks`: data would be lost. `waits`: it could be, until something has passed or was looked at. */
export interface RetireFinding {
  readonly weight: 'blocks' | 'waits' | 'note';
  readonly about: string;
  readonly words: string;
}

export interface RetireAdvice {
  readonly keyArn: string;
  readonly verdict: 'keep' | 'wait' | 'disable';
  readonly findings: readonly RetireFinding[];
  /** What to do, in this order. This command does none of it. */
  readonly steps: readonly string[];
}

/** KMS may record a use an hour late (GetKeyLastUsage). */
const USAGE_LAG_MS = 3_600_000;
/** The furthest that point-in-time recovery of DynamoDB reaches back. */
const RECOVERY_DAYS = 35;
const DAY_MS = 24 * 3_600_000;

/** May a key be disabled? It advises, and never acts. */
export function retireCheck(facts: RetireFacts): RetireAdvice {
  const findings = [
    ...facts.destinationOf.map(name =>
      blocks(name, 'brings data keys under this key: it is no key to retire'),
    ),
    ...(facts.stores.length === 0
      ? [
          blocks(
            'stores',
            'no job and no run is known that moves data keys away from this key; name your jobs with --jobs',
          ),
        ]
      : facts.stores.flatMap(store => storeFindings(store))),
    ...usageFindings(facts),
    ...keyFindings(facts.key),
  ];
  const verdict = findings.some(({ weight }) => weight === 'blocks')
    ? 'keep'
    : findings.some(({ weight }) => weight === 'waits')
      ? 'wait'
      : 'disable';
  return { keyArn: facts.key.arn, verdict, findings, steps: STEPS };
}

/** The order of AWS's guidance: disabling can be undone at once, deletion never. */
const STEPS: readonly string[] = [
  'disable the key (kms:DisableKey): whoever still needs it fails now, and enabling it again mends that at once',
  'watch CloudTrail for DisabledException of this key, for as long as your rarest reader pauses: month-end jobs, restores, audits',
  'only then schedule its deletion (kms:ScheduleKeyDeletion) with the longest waiting period, 30 days; it can be cancelled until then, and never after',
];

function storeFindings({ place, job, proof, backups }: KnownStore): readonly RetireFinding[] {
  return [proofFinding(place, job, proof), ...backupFindings(place, proof, backups)];
}

function proofFinding(place: string, job: string, proof: StoreProof | undefined): RetireFinding {
  const verify = `rewrap run ${job} --mode verify tells`;
  if (proof === undefined)
    return blocks(place, `no run of the job ${job} has come to its end there; ${verify}`);
  const { remaining, keepsSource, runId, mode, at } = proof;
  if (keepsSource)
    return blocks(
      place,
      `the source data keys were left where they are (run ${runId}): only their copies are under another key`,
    );
  if (mode === 'rollback')
    return blocks(
      place,
      `was rolled back by run ${runId} since ${at}: its data keys may be under this key again`,
    );
  if (remaining === null) return blocks(place, `run ${runId} of ${at} does not know what is left; ${verify}`);
  return remaining > 0
    ? blocks(
        place,
        `${remaining} data keys may still need it (run ${runId} of ${at}); rewrap report ${runId} names them`,
      )
    : {
        weight: 'note',
        about: place,
        words: `nothing was left at ${at} (run ${runId}); what writers did since, ${verify}`,
      };
}

function backupFindings(
  place: string,
  proof: StoreProof | undefined,
  backups: StoreBackups | undefined,
): readonly RetireFinding[] {
  if (backups === undefined) return [waits(place, UNSEEN)];
  const { pointInTimeRecovery, noncurrentVersions, replicaRegions } = backups;
  return [
    ...(pointInTimeRecovery ? [waits(place, recoverable(proof))] : []),
    ...(noncurrentVersions ? [waits(place, VERSIONS)] : []),
    ...(replicaRegions.length > 0
      ? [
          note(
            place,
            `its replicas in ${replicaRegions.join(', ')} follow it: see that replication is not behind`,
          ),
        ]
      : []),
  ];
}

const UNSEEN =
  'could not be looked at: whether backups or old versions of it hold old data keys is not known';
const VERSIONS =
  'noncurrent versions of its objects may hold old data keys: let a lifecycle rule expire them, or keep the key for as long as you keep them';

function recoverable(proof: StoreProof | undefined): string {
  const until = proof === undefined ? '' : `, until ${dayAfter(proof.at, RECOVERY_DAYS)}`;
  return `point-in-time recovery holds old data keys for up to ${RECOVERY_DAYS} days after they were moved${until}: a restored table would need this key; so would on-demand backups and exports, for as long as you keep them`;
}

function usageFindings({ usage, stores, now }: RetireFacts): readonly RetireFinding[] {
  const about = 'last use';
  const ends = stores.flatMap(({ proof }) => (proof === undefined ? [] : [Date.parse(proof.at)]));
  const ours = ends.length === 0 ? undefined : Math.max(...ends);
  const lag =
    ours !== undefined && now - ours < USAGE_LAG_MS
      ? [
          waits(
            about,
            `KMS may tell of a use an hour late, and our last run ended at ${iso(ours)}: ask again after ${iso(ours + USAGE_LAG_MS)}`,
          ),
        ]
      : [];
  switch (usage.kind) {
    case 'not-told':
      return [waits(about, `KMS does not tell (${usage.reason}): look in CloudTrail who uses it`)];
    case 'unused':
      return [
        ...lag,
        note(
          about,
          `none since ${iso(usage.since)}${usage.olderThanThat ? ', when KMS began to track; before that, CloudTrail tells' : ', when it was made'}`,
        ),
      ];
    case 'used': {
      const said = `${usage.operation} at ${iso(usage.at)} (CloudTrail event ${usage.eventId})`;
      return ours !== undefined && usage.at <= ours && usage.operation === 'ReEncrypt'
        ? [...lag, note(about, `${said}, within our own runs`)]
        : [
            waits(
              about,
              `${said}${ours === undefined ? '' : `; our last run ended at ${iso(ours)}`}: somebody else uses this key`,
            ),
          ];
    }
  }
}

function keyFindings({ state, multiRegion }: RetireFacts['key']): readonly RetireFinding[] {
  return [
    ...(state === 'Enabled' ? [] : [note('key', `is ${state} already`)]),
    ...(multiRegion
      ? [note('key', 'is a multi-Region key: each of its replicas has uses of its own; ask for each of them')]
      : []),
  ];
}

function blocks(about: string, words: string): RetireFinding {
  return { weight: 'blocks', about, words };
}

function waits(about: string, words: string): RetireFinding {
  return { weight: 'waits', about, words };
}

function note(about: string, words: string): RetireFinding {
  return { weight: 'note', about, words };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function dayAfter(at: string, days: number): string {
  return iso(Date.parse(at) + days * DAY_MS).slice(0, 10);
}
