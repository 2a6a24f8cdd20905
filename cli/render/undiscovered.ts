import type { DiscoveredStore } from '../../lambda/core/discover/discovery.ts';
import { untoldWords } from '../../lambda/core/retire/backup-findings.ts';
import type { TableBackups } from '../../lambda/core/stores/dynamodb/table-backups.ts';
import type { Seen } from '../../lambda/core/stores/lookup.ts';
import type { ToldDiscovery } from './discovery.ts';

/** Names enough to begin with; all of them are in the result. */
const MOST_NAMES = 5;

/** What samples of the stores of one Region, and a trail, cannot say. */
export function notLookedAtIn(
  told: Omit<ToldDiscovery, 'notChecked'>,
  backups: Seen<TableBackups>,
): readonly string[] {
  const { stores, region } = told;
  const untold = stores.filter(({ keysUntold }) => keysUntold);
  const unseen = stores.filter(({ serverSideKeys }) => serverSideKeys === null);
  return [
    ...(stores.some(({ coverage, complete }) => coverage !== 'unread' && !complete)
      ? ['records beyond the samples, and with which keys S3 encrypts these objects']
      : []),
    `stores of other accounts, and of other Regions than ${region}`,
    'data keys without a sign of their own, as those under RSA keys that no value beside them names and those under SM2 keys, and those within what is encrypted',
    ...(untold.length === 0
      ? []
      : [
          `under which keys those data keys of ${named(untold)} are that do not say so: it may be any key here`,
        ]),
    ...(unseen.length === 0
      ? []
      : [`with which keys ${named(unseen)} are themselves encrypted (${unseen[0]?.serverSideReason})`]),
    ...untoldWords(`on-demand backups of tables in ${region}`, backups),
    'recovery points of AWS Backup, exports to S3, and point-in-time recovery of tables that had another key until lately',
    ...ofUndescribed(told),
    ...ofTrail(told),
  ];
}

function ofUndescribed({ keys }: Pick<ToldDiscovery, 'keys'>): readonly string[] {
  const many = keys.filter(({ undescribed }) => undescribed === true).length;
  return many === 0
    ? []
    : [
        `whether AWS manages ${many === 1 ? 'one' : many.toLocaleString('en-US')} of the keys that no sample names, as it does those of its services: KMS has not described ${many === 1 ? 'it' : 'them'}`,
      ];
}

function ofTrail({ trail }: Pick<ToldDiscovery, 'trail'>): readonly string[] {
  if (trail === undefined)
    return ['who uses these keys, and keys that no sample names: name your trail with --trail'];
  const read = `from ${trail.from}${trail.until === null ? '' : ` to ${trail.until}`}`;
  return [
    `users that ${trail.trail} does not show ${read}: those that pause longer, those that CloudTrail has not delivered yet, and those in other accounts and Regions`,
    ...trail.gaps.map(words => `uses of keys that ${trail.trail} may leave out: ${words}`),
  ];
}

function named(stores: readonly DiscoveredStore[]): string {
  const names = stores.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = stores.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}
