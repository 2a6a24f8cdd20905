import { note, waits, type RetireFinding } from './findings.ts';
import type { KeyUsage } from './ports.ts';
import { proofsIn, type KnownStore } from './store-findings.ts';
import type { TrailFacts } from './trail-findings.ts';

/** KMS may record a use an hour late (GetKeyLastUsage). */
const USAGE_LAG_MS = 3_600_000;

interface Asked {
  readonly usage: KeyUsage;
  readonly stores: readonly KnownStore[];
  readonly trail?: TrailFacts;
  readonly provenSince: number | undefined;
  readonly now: number;
}

const ABOUT = 'last use';

/** What KMS tells of the key's last use. */
export function usageFindings(asked: Asked): readonly RetireFinding[] {
  const { usage, stores, now } = asked;
  const ends = stores.flatMap(({ evidence }) => proofsIn(evidence)).map(({ at }) => Date.parse(at));
  const ours = ends.length === 0 ? undefined : Math.max(...ends);
  const lag = ours === undefined ? [] : lateness(ours, now);
  switch (usage.kind) {
    case 'not-told':
      return [waits(ABOUT, `KMS does not say (${usage.reason}): look in CloudTrail who uses it`)];
    case 'unused':
      return [
        ...lag,
        note(
          ABOUT,
          `none since ${iso(usage.since)}${usage.olderThanThat ? ', when KMS began to track; before that, CloudTrail tells' : ', when it was made'}`,
        ),
      ];
    case 'used': {
      const said = `${usage.operation} at ${iso(usage.at)} (CloudTrail event ${usage.eventId})`;
      if (ours !== undefined && usage.at <= ours && usage.operation === 'ReEncrypt')
        return [...lag, note(ABOUT, `${said}, within our own runs`)];
      if (isBeforeProofs(usage.at, asked))
        return [
          ...lag,
          note(ABOUT, `${said}, which the trail has, before the runs that have proven all began`),
        ];
      return [
        waits(
          ABOUT,
          `${said}${ours === undefined ? '' : `; our last run ended at ${iso(ours)}`}: somebody else uses this key`,
        ),
      ];
    }
  }
}

function lateness(ours: number, now: number): readonly RetireFinding[] {
  if (now - ours >= USAGE_LAG_MS) return [];
  return [
    waits(
      ABOUT,
      `KMS may report a use up to an hour late, and the last run here ended at ${iso(ours)}: ask again after ${iso(ours + USAGE_LAG_MS)}`,
    ),
  ];
}

/**
 * Without a trail, a use by somebody else is a doubt however old it is, because nobody knows who it was. With it, the user is known and
 * weighed with all others.
 */
function isBeforeProofs(at: number, { trail, provenSince }: Asked): boolean {
  return (
    trail?.hasLastUse === true && provenSince !== undefined && Math.floor(at / 1_000) * 1_000 < provenSince
  );
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
