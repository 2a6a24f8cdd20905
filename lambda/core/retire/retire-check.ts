import type { KeyDescription } from '../keys/catalog.ts';
import { emptyFindings } from './empty-findings.ts';
import { storePlaceText } from '../model/store-place.ts';
import { backupFindings, backupsNotChecked, type BackupsThere } from './backup-findings.ts';
import { blocks, note, type RetireFinding } from './findings.ts';
import { otherFindings, otherNotChecked, type OtherStores } from './other-stores.ts';
import type { KeyUsage, SeenByFollower } from './ports.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { destinationFindings, type LostDestination } from './destinations.ts';
import { foreignNotChecked } from './foreign-elsewhere.ts';
import { lateFindings } from './late-findings.ts';
import { serverSideFindings } from './server-side-findings.ts';
import { outsidePrefixes } from '../verdict/outside-prefixes.ts';
import { storeFindings, type KnownStore } from './store-findings.ts';
import { provenSince } from './proven-since.ts';
import { trailFindings, usersCovered, type TrailFacts, type UsersCovered } from './trail-findings.ts';
import { usageFindings } from './usage-findings.ts';
import { wrappedFindings } from './wrapped-findings.ts';

export interface RetireFacts {
  readonly key: Pick<KeyDescription, 'arn' | 'state' | 'multiRegion'>;
  readonly usage: KeyUsage;
  readonly stores: readonly KnownStore[];
  /** Statements about places that no job names any more, and in which no run found a data key. */
  readonly superseded?: readonly StoreProof[];
  /** Jobs whose source alias cannot be resolved to a key. */
  readonly unresolved?: readonly { readonly job: string; readonly reference: string }[];
  /** Jobs that bring data keys under this key. */
  readonly destinationOf: readonly string[];
  /** Keys to which data keys were moved, and that do not work. @default none */
  readonly lost?: readonly LostDestination[];
  /** Of places with data keys that no key of their job has made. @default none */
  readonly foreign?: readonly StoreProof[];
  /** What the ledger keeps of followers. @default none */
  readonly follows?: readonly SeenByFollower[];
  /** Absent where nobody has named a trail. */
  readonly trail?: TrailFacts;
  /** Tables and buckets that no job and no run names; absent where nobody has looked. */
  readonly others?: OtherStores;
  /** Absent where nobody has looked. */
  readonly backups?: BackupsThere;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface RetireAdvice {
  readonly keyArn: string;
  readonly verdict: 'keep' | 'wait' | 'disable';
  readonly findings: readonly RetireFinding[];
  /** What to do, in this order. This command does none of it. */
  readonly steps: readonly string[];
  /** What was not checked, in words that a person can act on. */
  readonly notChecked: readonly string[];
  /** Absent where nobody has named a trail. */
  readonly users?: UsersCovered;
}

/** May a key be disabled? It advises, and never acts. */
export function retireCheck(facts: RetireFacts): RetireAdvice {
  const { trail, usage, others, backups, stores, follows = [] } = facts;
  const since = provenSince(stores);
  const findings = [
    ...jobFindings(facts),
    ...destinationFindings(facts.lost ?? []),
    ...lateFindings({ follows, stores, keyArn: facts.key.arn }),
    ...usageFindings({ ...facts, provenSince: since }),
    ...(trail === undefined ? [] : trailFindings({ trail, usage, provenSince: since })),
    ...(others === undefined ? [] : otherFindings(others)),
    ...(backups === undefined
      ? []
      : backupFindings(backups, { keyArn: facts.key.arn, stores: facts.stores })),
    ...keyFindings(facts.key),
  ];
  const verdict = findings.some(({ weight }) => weight === 'blocks')
    ? 'keep'
    : findings.some(({ weight }) => weight === 'waits')
      ? 'wait'
      : 'disable';
  return {
    ...{ keyArn: facts.key.arn, verdict, findings, steps: STEPS },
    notChecked: [
      trail === undefined ? NO_TRAIL : beyondTrail(trail),
      ...foreignNotChecked(facts.foreign ?? []),
      ...(others === undefined ? [NO_OTHERS] : otherNotChecked(others)),
      ...outsidePrefixes(facts.stores.map(({ place }) => place)),
      ...(backups === undefined ? [] : backupsNotChecked(backups)),
      ...NOT_CHECKED,
    ],
    ...(trail !== undefined && { users: usersCovered({ trail, provenSince: since }) }),
  };
}

const NO_TRAIL =
  'tables, buckets, Regions and accounts that no job and no run names: search CloudTrail for Decrypt and GenerateDataKey with this key, or name your trail with --trail';

function beyondTrail({ trail, from, until }: TrailFacts): string {
  const read = `from ${iso(from)}${until === undefined ? '' : ` to ${iso(until)}`}`;
  return `users that ${trail} does not show ${read}: those that pause longer, and those that CloudTrail has not delivered yet; tables and buckets that no job names, which nobody has read in that time`;
}

const NO_OTHERS =
  'server-side encryption with this key of anything but the tables and buckets of jobs and runs: of others, of volumes, queues, secrets and logs; see the resources that name it';

const NOT_CHECKED: readonly string[] = [
  'jobs in other folders than --jobs, and deployments of other names, or in other Regions and accounts than those of your jobs: ask there, too (--deployment)',
  'bodies of objects, and values that are encrypted, or compressed by something else than gzip or zlib: nobody has looked for this key in them',
  'backups, snapshots, exports, noncurrent versions, streams, replicas and caches that are not listed here: what they hold is as old as they are',
  'what has been written since the last run: writers must use another key before this one is disabled',
];

/** The order of AWS's guidance: disabling can be undone at once, deletion never. */
const STEPS: readonly string[] = [
  'disable the key (kms:DisableKey): anything that still needs it fails now, and enabling it again helps at once',
  'watch CloudTrail for DisabledException of this key, for as long as your rarest reader pauses: month-end jobs, restores, audits',
  'only then schedule its deletion (kms:ScheduleKeyDeletion) with the longest waiting period, 30 days; it can be cancelled until then, and never after',
];

/** What jobs and their runs say. */
function jobFindings(facts: RetireFacts): readonly RetireFinding[] {
  return [
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
      : facts.stores.flatMap(store => storeFindings(store, facts.now))),
    ...emptyFindings(facts.stores, facts.usage),
    ...wrappedFindings(facts.stores),
    ...serverSideFindings(facts.stores),
    ...(facts.superseded ?? []).map(({ place, slot, job, runId, at }) =>
      note(
        `${storePlaceText(place)} ${slot}`,
        `no job names it any more; run ${runId} of the job ${job} found no data key there at ${at}`,
      ),
    ),
    ...(facts.unresolved ?? []).map(({ job, reference }) =>
      blocks(
        `job ${job}`,
        `its source alias ${reference} names no key that can be described: whether its stores hold data keys of this key is not known; correct the job, or allow kms:DescribeKey`,
      ),
    ),
  ];
}

function keyFindings({ state, multiRegion }: RetireFacts['key']): readonly RetireFinding[] {
  return [
    ...(state === 'Enabled' ? [] : [note('key', `is ${state} already`)]),
    ...(multiRegion
      ? [note('key', 'is a multi-Region key: each of its replicas is used separately; ask for each of them')]
      : []),
  ];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
