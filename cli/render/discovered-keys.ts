import colors from 'picocolors';
import type {
  DiscoveredKey,
  DiscoveredUser,
  KeyStanding,
  ServerSideUse,
} from '../../lambda/core/discover/discovered-keys.ts';
import { listed, userName, usesWords } from '../../lambda/core/retire/user-words.ts';

/** All of them are in the result. */
const MOST_USERS = 5;

export const KEY_TITLES: Readonly<Record<KeyStanding, string>> = {
  sampled: 'Keys that are named in samples',
  elsewhere: 'Keys that somebody uses, and that no sample and no job names',
  'of-jobs': 'Keys that jobs name, and no sample',
  services: 'Keys that services of AWS encrypt with, and no sample names',
  other: 'Keys that are used for something else, and no sample names',
};

const MARKS: Readonly<Record<KeyStanding, string>> = {
  sampled: colors.dim('·'),
  elsewhere: colors.red('✗'),
  'of-jobs': colors.dim('·'),
  services: colors.dim('·'),
  other: colors.dim('·'),
};

/** A key, what depends on it, and below it who has used it. */
export function keyLines(key: DiscoveredKey): readonly string[] {
  const { keyArn, standing, users = [] } = key;
  const words = keyWords(key);
  return [
    `${MARKS[standing]} ${keyArn}${words === '' ? '' : `: ${words}`}`,
    ...users
      .slice(0, MOST_USERS)
      .map(user => `    ${colors.bold(userName(user))}: ${serviceWords(user)}${usedWords(user)}`),
    ...(users.length > MOST_USERS ? [`    and ${number(users.length - MOST_USERS)} more, in --json`] : []),
  ];
}

/** What is known of a key, but for its users. */
export function keyWords(key: DiscoveredKey): string {
  return [...standingWords(key), ...serverSideWords(key.serverSide)].join('; ');
}

function standingWords(key: DiscoveredKey): readonly string[] {
  const { standing, stores, storesNotNamed, jobs } = key;
  const left = storesNotNamed === 0 ? '' : `, ${number(storesNotNamed)} without a job for all of it`;
  const moved = jobs.length === 0 ? 'no job moves data keys away from it' : `source of ${jobs.join(', ')}`;
  switch (standing) {
    case 'sampled':
      return [`in ${counted(stores, 'store')}${left}`, moved];
    case 'of-jobs':
      return [moved];
    case 'elsewhere':
      return ['no store that was looked at has a data key that names it'];
    case 'services':
      return ['no run moves what services hold under it'];
    case 'other':
      return [];
  }
}

function serverSideWords(uses: readonly ServerSideUse[]): readonly string[] {
  if (uses.length === 0) return [];
  return [`server-side encryption of ${listed(uses.map(serverSideUse))}`];
}

function serverSideUse({ name, type, of, objects = 0, backups = 0 }: ServerSideUse): string {
  const called = type === 's3' ? `s3://${name}/` : name;
  switch (of) {
    case 'items':
      return `the table ${called}`;
    case 'new-objects':
      return `new objects in ${called}`;
    case 'backups':
      return `${counted(backups, 'on-demand backup')} of the table ${called}`;
    case 'objects':
      return `${counted(objects, 'object')} of the sample of ${called}`;
  }
}

/** What a user has done with the key. */
export function usedWords({ uses, contextNames }: DiscoveredUser): string {
  const first = uses.map(({ firstAt }) => firstAt).reduce((a, b) => (b < a ? b : a), uses[0]?.firstAt ?? '');
  return `first seen ${first}, ${usesWords(uses, contextNames)}`;
}

/** Whose use it is, where that is not an application's own. */
export function serviceWords({ own, service }: DiscoveredUser): string {
  if (own) return 'a worker of this deployment, ';
  if (service === undefined) return '';
  if (/^s3\./.test(service)) return 'server-side encryption of objects, which no run moves; ';
  if (/^dynamodb\./.test(service)) return 'server-side encryption of tables, which no run moves; ';
  return `data keys that ${service} keeps, which no run moves; `;
}

function counted(many: number, what: string): string {
  return `${number(many)} ${what}${many === 1 ? '' : 's'}`;
}

function number(many: number): string {
  return many.toLocaleString('en-US');
}
