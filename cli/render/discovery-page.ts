import type { Coverage } from '../../lambda/core/discover/discovery.ts';
import type { DiscoveredKey, KeyStanding } from '../../lambda/core/discover/discovered-keys.ts';
import { code, escape, list, section, table } from '../../lambda/core/report/page/elements.ts';
import { page } from '../../lambda/core/report/page/shell.ts';
import { userName } from '../../lambda/core/retire/user-words.ts';
import { KEY_TITLES, keyWords, serviceWords, usedWords } from './discovered-keys.ts';
import {
  calledOf,
  conclusion,
  keyConclusion,
  STORE_TITLES,
  storeWords,
  type ToldDiscovery,
} from './discovery.ts';

/** What `rewrap discover` tells, as a page: to hand to whoever owns the stores and keys. */
export function discoveryHtml(told: ToldDiscovery, at: Date): string {
  const { region, sample, stores, keys, counts, trail, drafts, notChecked } = told;
  const open = counts.unnamed + counts['in-part'] + counts.unread > 0;
  const title = conclusion(counts);
  return page({
    title: `${region} – ${title}`,
    header: [
      '<p class="eyebrow">kms-rewrap discover</p>',
      `<p class="job">${escape(region)}</p>`,
      `<p class="soft">${escape(at.toISOString())}, up to ${sample.toLocaleString('en-US')} records of each table and bucket${trail === undefined ? '' : `, and the trail ${code(trail.trail)}`}</p>`,
    ],
    main: [
      `<section class="conclusion ${open ? 'warn' : 'good'}"><h1>${escape(title)}</h1>${keyConclusion(keys)
        .map(words => `<p>${escape(words)}</p>`)
        .join('')}</section>`,
      section('Stores', stores.length === 0 ? '' : storesTable(told)),
      section('Keys', keys.length === 0 ? '' : keysTable(keys)),
      section('Who uses them', keys.some(({ users = [] }) => users.length > 0) ? usersTable(keys) : ''),
      section('Jobs written, to be completed', list(drafts.map(({ store, file }) => `${file}: ${store}`))),
      section('Not looked at', list(notChecked)),
    ],
  });
}

function storesTable({ stores }: ToldDiscovery): string {
  const of = (coverage: Coverage): string => escape(STORE_TITLES[coverage]);
  return table({
    caption: 'Tables and buckets, those with most to do first',
    head: ['Store', 'What there is', 'In the sample', 'Encrypted by its service with'],
    rows: stores.map(store => [
      code(calledOf(store)),
      of(store.coverage),
      escape(storeWords(store)),
      store.serverSideKeys === null ? 'not seen' : store.serverSideKeys.map(code).join(' '),
    ]),
  });
}

function keysTable(keys: readonly DiscoveredKey[]): string {
  const of = (standing: KeyStanding): string => escape(KEY_TITLES[standing]);
  return table({
    caption: 'Keys, and what depends on them',
    head: ['Key', 'What it is', 'What is known'],
    rows: keys.map(key => [code(key.keyArn), of(key.standing), escape(keyWords(key))]),
  });
}

function usersTable(keys: readonly DiscoveredKey[]): string {
  return table({
    caption: 'Users of the keys in the trail',
    head: ['User', 'Key', 'What it does'],
    rows: keys.flatMap(({ keyArn, users = [] }) =>
      users.map(user => [
        code(userName(user)),
        code(keyArn),
        escape(`${serviceWords(user)}${usedWords(user)}`),
      ]),
    ),
  });
}
