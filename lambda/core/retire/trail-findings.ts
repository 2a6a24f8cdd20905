import type { KeyUsers } from '../key-users/key-user.ts';
import { isOwn } from '../key-users/own-roles.ts';
import { gapsIn, type TrailRead } from '../key-users/trail-read.ts';
import { coveredUser, type CoveredUser } from './covered-users.ts';
import { blocks, note, waits, type RetireFinding } from './findings.ts';
import type { KeyUsage } from './ports.ts';
import { cureFor, listed, sessionWords, times, userName, usesWords } from './user-words.ts';

export interface TrailFacts extends TrailRead, KeyUsers {
  /** Whether the trail has the event that KMS names as the key's last use. */
  readonly hasLastUse: boolean;
  readonly ownRoles: readonly string[];
}

/** How many of the known users of the key need it no longer, as far as anybody can tell. */
export interface UsersCovered {
  readonly trail: string;
  readonly from: string;
  readonly until: string | null;
  /** From when every known store is proven; null while one is not. */
  readonly provenSince: string | null;
  readonly known: number;
  readonly covered: number;
  readonly users: readonly CoveredUser[];
  readonly refused: KeyUsers['refused'];
}

export interface Asked {
  readonly trail: TrailFacts;
  readonly provenSince: number | undefined;
  readonly usage: KeyUsage;
}

export function usersCovered({ trail, provenSince }: Omit<Asked, 'usage'>): UsersCovered {
  const users = trail.users.map(user => coveredUser(user, { provenSince, ownRoles: trail.ownRoles }));
  return {
    ...{ trail: trail.trail, from: iso(trail.from) },
    until: trail.until === undefined ? null : iso(trail.until),
    provenSince: provenSince === undefined ? null : iso(provenSince),
    known: users.length,
    covered: users.filter(({ covered }) => covered).length,
    ...{ users, refused: trail.refused },
  };
}

/** What the trail adds. Nothing of it makes an answer better that would be worse without it, but for who it was that used the key last. */
export function trailFindings(asked: Asked): readonly RetireFinding[] {
  return [
    ...userFindings(asked),
    ...refusedFindings(asked.trail),
    ...doubtsOfTrail(asked),
    ...notesOf(asked.trail),
  ];
}

const ABOUT = 'users of the key';

function userFindings({ trail, provenSince }: Asked): readonly RetireFinding[] {
  const { known, covered, users, from } = usersCovered({ trail, provenSince });
  const open = users.filter(user => !user.covered);
  const since =
    provenSince === undefined
      ? 'nobody is, but for workers of this deployment, until all that jobs name is proven'
      : `not seen since ${iso(provenSince)}, when the runs began that have proven all that jobs name`;
  const words =
    known === 0
      ? `nobody is known to have used it since ${from}`
      : `${covered} of ${known} known users of the key ${covered === 1 ? 'is' : 'are'} covered: ${since}; read from ${from}`;
  // While a store is not proven, that store is what blocks: who uses the key is to be expected.
  const weigh = provenSince === undefined ? note : blocks;
  return [
    (open.length === 0 ? note : weigh)(ABOUT, words),
    ...open.map(user => weigh(userName(user), wordsOf(user, provenSince))),
  ];
}

function wordsOf(user: Extract<CoveredUser, { covered: false }>, provenSince: number | undefined): string {
  const who = sessionWords(user);
  const uses = `${usesWords(user.since, user.contextNames)}${who === '' ? '' : ` (${who})`}`;
  return provenSince === undefined ? uses : `${uses}: ${cureFor(user)}`;
}

function refusedFindings({ refused, ownRoles }: TrailFacts): readonly RetireFinding[] {
  // A worker asks with each key of its job in turn.
  const others = refused.filter(one => !isOwn(one, ownRoles));
  if (others.length === 0) return [];
  const who = others.map(
    ({ principal, via, action, errorCode, calls, lastAt }) =>
      `${userName({ principal, ...(via !== undefined && { via }) })} (${action}, ${errorCode} ${times(calls)}, last at ${lastAt})`,
  );
  return [
    note(
      'refused calls',
      `no use of the key, and the same without it; a configuration may still name it: ${listed(who)}`,
    ),
  ];
}

/** What makes that the trail may not show every use. */
function doubtsOfTrail({ trail, provenSince, usage }: Asked): readonly RetireFinding[] {
  const { from, until, hasLastUse } = trail;
  const found = [
    ...gapsIn(trail, 'this key'),
    ...(usage.kind === 'used' && usage.at >= from && !hasLastUse
      ? [`it does not have the event ${usage.eventId} of ${iso(usage.at)}, which KMS names as the last use`]
      : []),
    ...(provenSince !== undefined && from > provenSince
      ? [
          `it was read from ${iso(from)} only, and all is proven since ${iso(provenSince)}: read more of it with --trail-days`,
        ]
      : []),
    ...(provenSince !== undefined && until !== undefined && until < provenSince
      ? [
          `its newest file is of ${iso(until)}, before ${iso(provenSince)}, when the runs began: ask again when CloudTrail has delivered`,
        ]
      : []),
  ];
  return found.map(words => waits(trail.trail, words));
}

function notesOf({ trail, daysWithoutFile, replicas }: TrailFacts): readonly RetireFinding[] {
  return [
    ...(daysWithoutFile === 0
      ? []
      : [
          note(
            trail,
            `no file was delivered on ${daysWithoutFile} ${daysWithoutFile === 1 ? 'day' : 'days'} of that time: nothing was called in this Region, or the trail was off`,
          ),
        ]),
    ...replicas.map(({ keyArn, calls, lastAt }) =>
      note(keyArn, `the same multi-Region key in another Region was used ${times(calls)}, last at ${lastAt}`),
    ),
  ];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
