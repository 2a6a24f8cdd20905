import colors from 'picocolors';
import type { Coverage, DiscoveredStore, Discovery } from '../../lambda/core/discover/discovery.ts';
import type { KeyStanding } from '../../lambda/core/discover/discovered-keys.ts';
import type { ToldTrail } from '../../lambda/core/discover/told-trail.ts';
import { KEY_TITLES, keyLines } from './discovered-keys.ts';

/** What `rewrap discover` tells. */
export interface ToldDiscovery extends Discovery {
  readonly region: string;
  /** Records of each store. */
  readonly sample: number;
  /** Absent where none was named. */
  readonly trail?: ToldTrail;
  readonly drafts: readonly { readonly store: string; readonly file: string }[];
  readonly notChecked: readonly string[];
}

interface LookedProgress {
  readonly looked: number;
  readonly of: number;
  readonly name: string;
}

export function lookedLine({ looked, of, name }: LookedProgress): string {
  return `${number(looked)} of ${counted(of, 'store')} looked at; the last one: ${name}`;
}

export const STORE_TITLES: Readonly<Record<Coverage, string>> = {
  unnamed: 'Data keys, and no job',
  'in-part': 'Data keys, and jobs for a part of the store only',
  unread: 'Not looked at',
  named: 'Data keys, and a job for all of the store',
  none: 'No data key in the sample',
};

/** What lies where, the stores with most to do first. */
export function discoveryText({
  region,
  sample,
  stores,
  keys,
  counts,
  drafts,
  notChecked,
}: ToldDiscovery): string {
  const withDataKeys = counts.unnamed + counts['in-part'] + counts.named;
  return [
    `${colors.bold(region)}: ${counted(stores.length, 'store')}, of each ${counted(sample, 'record')} at most; ${number(withDataKeys)} with data keys`,
    ...(Object.keys(STORE_TITLES) as Coverage[]).flatMap(coverage =>
      section(
        STORE_TITLES[coverage],
        stores.filter(store => store.coverage === coverage).map(store => storeLine(store)),
      ),
    ),
    ...(Object.keys(KEY_TITLES) as KeyStanding[]).flatMap(standing =>
      section(
        KEY_TITLES[standing],
        keys.filter(key => key.standing === standing).flatMap(key => keyLines(key)),
      ),
    ),
    ...section(
      'Jobs written, to be completed',
      drafts.map(({ store, file }) => `${colors.green('✓')} ${file}: ${store}`),
    ),
    '',
    colors.bold(conclusion(counts)),
    ...keyConclusion(keys),
    ...notChecked.map(words => `Not looked at: ${words}.`),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

const MARKS: Readonly<Record<Coverage, string>> = {
  unnamed: colors.red('✗'),
  'in-part': colors.yellow('!'),
  unread: colors.yellow('!'),
  named: colors.green('✓'),
  none: colors.dim('·'),
};

function storeLine(store: DiscoveredStore): string {
  const { coverage } = store;
  return `${MARKS[coverage]} ${colors.bold(calledOf(store))}: ${storeWords(store)}`;
}

export function calledOf({ type, name }: Pick<DiscoveredStore, 'type' | 'name'>): string {
  return type === 's3' ? `s3://${name}/` : name;
}

export function storeWords(store: DiscoveredStore): string {
  const { coverage, records, complete, jobs, parts, reason = '' } = store;
  switch (coverage) {
    case 'unread':
      return reason;
    case 'none':
      return `${counted(records, 'record')}${complete ? ', which are all' : ''}`;
    case 'unnamed':
      return seen(store);
    case 'in-part':
      return `${seen(store)}; ${ofJobs(jobs)}: ${parts.join('; ')}`;
    case 'named':
      return `${seen(store)}; ${ofJobs(jobs)}`;
  }
}

function ofJobs(jobs: readonly string[]): string {
  return `${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')}`;
}

function seen({ records, withDataKeys, formats, unclear }: DiscoveredStore): string {
  const what = formats.map(({ what: name, slot }) => `${name} at ${slot}`);
  const more =
    unclear === 0 ? [] : [`${counted(unclear, 'thing')} that no job can move; rewrap inspect tells`];
  return `${number(withDataKeys)} of ${counted(records, 'record')}: ${[...what, ...more].join(', ')}`;
}

export function conclusion(counts: Discovery['counts']): string {
  const open = [
    ...(counts.unnamed > 0 ? [`${counted(counts.unnamed, 'store')} with data keys and no job`] : []),
    ...(counts['in-part'] > 0 ? [`${counted(counts['in-part'], 'store')} that jobs name in part only`] : []),
    ...(counts.unread > 0 ? [`${counted(counts.unread, 'store')} that nobody has looked at`] : []),
  ];
  if (open.length > 0) return `Open: ${open.join(', ')}.`;
  return counts.named === 0
    ? 'No sample shows a data key.'
    : 'Every store whose sample shows data keys is named by a job as a whole.';
}

/** The exit code is about stores. Who uses such a key cannot be answered by a job. */
export function keyConclusion(keys: Discovery['keys']): readonly string[] {
  const many = keys.filter(({ standing }) => standing === 'elsewhere').length;
  if (many === 0) return [];
  return [
    `${counted(many, 'key')} ${many === 1 ? 'is' : 'are'} used by somebody whose data keys nobody has found: ask ${many === 1 ? 'its' : 'their'} users what they read and write.`,
  ];
}

function counted(many: number, what: string): string {
  return `${number(many)} ${what}${many === 1 ? '' : 's'}`;
}

function number(many: number): string {
  return many.toLocaleString('en-US');
}
