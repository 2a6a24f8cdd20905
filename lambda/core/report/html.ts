import { rewrapCommand } from '../model/command-line.ts';
import { serverSideWords } from '../model/server-side-encryption.ts';
import { wrappedWords } from '../model/wrapped-records.ts';
import { conclusion } from './conclusion.ts';
import { nextCalls } from './next-calls.ts';
import { costPart } from './page/cost.ts';
import { code, details, escape, list, number, section, table } from './page/elements.ts';
import { keyMaterialsPart } from './page/key-materials.ts';
import { outcomesPart } from './page/outcomes.ts';
import { pacePart } from './page/pace.ts';
import { page } from './page/shell.ts';
import { unprovenPart } from './page/unproven.ts';
import { wrappingKeysPart } from './page/wrapping-keys.ts';
import type { Evidence, Report, StoreReport } from './report.ts';
import { verdictText } from './store-words.ts';

/** The report as a page. */
export function reportHtml(report: Report): string {
  const { title, text, tone } = conclusion(report);
  const { job, mode, dryRun, runId, startedAt, endedAt } = report;
  return page({
    title: `${job} ${mode} – ${title}`,
    header: [
      '<p class="eyebrow">kms-rewrap report</p>',
      `<p class="job">${escape(job)} <span class="soft">${escape(mode)}${dryRun ? ', dry run' : ''}</span></p>`,
      `<p class="soft">Run ${code(runId)}, ${escape(moment(startedAt))} to ${escape(moment(endedAt))}</p>`,
    ],
    main: [
      `<section class="conclusion ${tone}"><h1>${escape(title)}</h1><p>${escape(text)}</p></section>`,
      section('Next', nextPart(report)),
      section('Stores', storesTable(report.stores)),
      section('Wrapping keys', wrappingKeysPart(report)),
      section('Key materials', keyMaterialsPart(report)),
      section('Outcomes by store', outcomesPart(report.stores)),
      section('Not proven, and what to do', unprovenPart(report)),
      section('Throughput and throttling', pacePart(report)),
      section('Cost', costPart(report)),
      section('Not looked at', list(report.notChecked)),
      section('Warnings', list(report.warnings)),
      section('Details', detailsPart(report)),
    ],
  });
}

function nextPart(report: Report): string {
  // A step that writes this page is behind its reader.
  const calls = nextCalls(report).filter(({ writesPage }) => writesPage !== true);
  if (calls.length === 0) return '';
  const entry = ({ words, why }: (typeof calls)[number]): string =>
    `<li><pre tabindex="0"><code>${escape(rewrapCommand(words))}</code></pre>${escape(why)}</li>`;
  return `<ol class="calls">${calls.map(entry).join('')}</ol>`;
}

function storesTable(stores: readonly StoreReport[]): string {
  const rows = stores.map(store => [
    code(store.store),
    escape(verdictText(store)),
    number(store.records),
    number(store.dataKeys),
    store.proven === null ? 'not asked' : number(store.proven),
    store.remaining === null ? 'not known' : number(store.remaining),
    store.complete ? 'yes' : store.narrowedTo === undefined ? 'no' : `no: only ${escape(store.narrowedTo)}`,
  ]);
  return table({
    caption: 'The verdict on each store',
    head: ['Store', 'Verdict', 'Records', 'Data keys', 'Proven', 'In doubt', 'Complete'],
    rows,
  });
}

function detailsPart(report: Report): string {
  const { stores, route, files } = report;
  const wrapped = stores.flatMap(({ store, wrappedBy = [] }) =>
    wrappedBy.map(one => `${store}: ${wrappedWords(one)}`),
  );
  const serverSide = stores.flatMap(({ store, serverSideEncrypted = [] }) =>
    serverSideEncrypted.map(one => `${store}: ${serverSideWords(one)}`),
  );
  return [
    details(
      'Looks like a data key or names a source key, outside the places of the job',
      lookAlikesTable(report),
    ),
    details('Records without a data key in the places of the job', withoutDataKeyTable(stores)),
    details('Records under keys of other tables', list(wrapped)),
    details('Encrypted by S3 itself with a source key', list(serverSide)),
    details('Beside the data keys', fingerprintsText(report)),
    details('Route', `<p>${escape(`${route.type}: ${route.why}`)}</p>`),
    details('Files', list([`run files: ${files.run}`, `journal: ${files.journal}`])),
  ].join('');
}

function lookAlikesTable({ lookAlikes: { count, first } }: Evidence): string {
  if (count === 0) return '';
  const rows = first.map(({ store, locator, path, form }) => [
    code(locator),
    code(store),
    code(path),
    escape(form),
  ]);
  const more =
    count > first.length
      ? `<p>${number(count)} in all, of which ${first.length} ${first.length === 1 ? 'is' : 'are'} here.</p>`
      : '';
  return `${table({ caption: 'Look-alikes', head: ['Record', 'Store', 'Place', 'Form'], rows })}${more}`;
}

function withoutDataKeyTable(stores: readonly StoreReport[]): string {
  const having = stores.filter(({ withoutDataKey }) => withoutDataKey > 0);
  if (having.length === 0) return '';
  const rows = having.map(({ store, withoutDataKey, withoutDataKeyFirst }) => [
    code(store),
    number(withoutDataKey),
    withoutDataKeyFirst.map(code).join('<br>'),
  ]);
  return table({ caption: 'Records without a data key', head: ['Store', 'Records', 'Such as'], rows });
}

function fingerprintsText({ fingerprints }: Evidence): string {
  if (fingerprints === undefined) return '';
  const { compared, changed, first } = fingerprints;
  const text = `<p>${number(compared)} records compared with what they were before; ${number(changed)} differ: written since by somebody else, if by anybody.</p>`;
  return `${text}${list(first.map(({ store, locator }) => `${store} ${locator}`))}`;
}

/** As in: 2026-11-28 02:22:08 UTC. What is no time stays as it is written. */
function moment(time: string): string {
  const ms = Date.parse(time);
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC` : time;
}
