import { visible } from '../model/visible.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../model/outcome.ts';
import type { Course, Evidence, Report, StoreReport } from './report.ts';
import { wrappedWords } from '../model/wrapped-records.ts';
import { capacityWords } from './capacity-report.ts';
import { conclusion } from './conclusion.ts';
import { STYLE } from './html-style.ts';

/** The report as one self-contained page: no script, no outside resource, fit to be mailed or archived. */
export function reportHtml(report: Report): string {
  const { title, text, tone } = conclusion(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kms-rewrap: ${escape(report.job)} ${escape(report.mode)} – ${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="eyebrow">kms-rewrap report</p>
<h1>${escape(report.job)} <span class="mode">${escape(report.mode)}</span></h1>
<p class="run">${escape(report.runId)}${report.dryRun ? ' · dry run' : ''} · ${escape(report.startedAt)} to ${escape(report.endedAt)}</p>
</header>
<main>
<section class="conclusion ${tone}"><h2>${escape(title)}</h2><p>${escape(text)}</p></section>
${section('Stores', storesTable(report.stores))}
${section('Key materials', keyMaterialsTable(report))}
${section('In doubt, or not moved', failuresTable(report))}
${section('Looks like a data key or names a source key, outside the places of the job', lookAlikesTable(report))}
${section('Records without a data key in the places of the job', withoutDataKeyTable(report.stores))}
${section('Records under keys of other tables', list(wrappedLines(report.stores)))}
${section('Beside the data keys', fingerprintsText(report))}
${section('Route', `<p>${escape(`${report.route.type}: ${report.route.why}`)}</p>`)}
${section('Warnings', list(report.warnings))}
${section('Not looked at', list(report.notChecked))}
${section('Cost and load', `${loadTable(report)}${list(capacityLines(report.stores))}`)}
${section('Files', list([`run files: ${report.files.run}`, `journal: ${report.files.journal}`]))}
</main>
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;
}

function storesTable(stores: readonly StoreReport[]): string {
  const kinds = OUTCOME_KINDS.filter(kind => stores.some(({ outcomes }) => (outcomes[kind] ?? 0) > 0));
  const head = [
    'Store',
    'Verdict',
    'Records',
    'Without data key',
    'Data keys',
    ...kinds,
    'Proven',
    'In doubt',
    'Look-alikes',
    'Complete',
  ];
  const rows = stores.map(store => [
    `<code>${escape(store.store)}</code>`,
    escape(verdictText(store)),
    number(store.records),
    number(store.withoutDataKey),
    number(store.dataKeys),
    ...kinds.map(kind => outcomeCell(kind, store.outcomes[kind] ?? 0)),
    store.proven === null ? 'not asked' : number(store.proven),
    store.remaining === null ? 'not known' : number(store.remaining),
    number(store.lookAlikes),
    store.complete ? 'yes' : store.narrowedTo === undefined ? 'no' : `no: only ${escape(store.narrowedTo)}`,
  ]);
  return table(head, rows);
}

/** The verdict on a store in a word or two. */
export function verdictText({ verdict }: StoreReport): string {
  switch (verdict.kind) {
    case 'proven':
    case 'empty':
      return verdict.kind;
    case 'not-proven':
      return `not proven: ${verdict.doubts.map(({ code }) => code).join(', ')}`;
  }
}

function lookAlikesTable({ lookAlikes: { count, first } }: Evidence): string {
  if (count === 0) return '';
  const rows = first.map(({ store, locator, path, form }) => [
    `<code>${escape(store)}</code>`,
    `<code>${escape(locator)}</code>`,
    `<code>${escape(path)}</code>`,
    escape(form),
  ]);
  const more =
    count > first.length
      ? `<p>${number(count)} in all, of which ${first.length} ${first.length === 1 ? 'is' : 'are'} here.</p>`
      : '';
  return `${table(['Store', 'Record', 'Place', 'Form'], rows)}${more}`;
}

function withoutDataKeyTable(stores: readonly StoreReport[]): string {
  const having = stores.filter(({ withoutDataKey }) => withoutDataKey > 0);
  if (having.length === 0) return '';
  const rows = having.map(({ store, withoutDataKey, withoutDataKeyFirst }) => [
    `<code>${escape(store)}</code>`,
    number(withoutDataKey),
    withoutDataKeyFirst.map(locator => `<code>${escape(locator)}</code>`).join('<br>'),
  ]);
  return table(['Store', 'Records', 'Such as'], rows);
}

function wrappedLines(stores: readonly StoreReport[]): readonly string[] {
  return stores.flatMap(({ store, wrappedBy = [] }) =>
    wrappedBy.map(one => `${store}: ${wrappedWords(one)}`),
  );
}

/** What each store's tables took. */
export function capacityLines(stores: readonly StoreReport[]): readonly string[] {
  return stores.flatMap(({ store, capacity }) =>
    capacity === undefined ? [] : [`${store}: ${capacityWords(capacity)}`],
  );
}

function outcomeCell(kind: OutcomeKind, count: number): string {
  return count === 0
    ? '<span class="none">0</span>'
    : `<span class="outcome ${kind}">${number(count)}</span>`;
}

function keyMaterialsTable({ keyMaterials }: Evidence): string {
  if (keyMaterials.length === 0) return '';
  const rows = keyMaterials.map(({ keyArn, keyMaterialId, state, rotatedAt, before, after }) => [
    `<code>${escape(keyArn)}</code>`,
    keyMaterialId === null ? 'no id given' : `<code>${escape(keyMaterialId)}</code>`,
    escape(state ?? '–'),
    escape(rotatedAt ?? '–'),
    number(before),
    number(after),
  ]);
  return table(['Key', 'Key material', 'State', 'Rotated', 'Data keys before', 'after'], rows);
}

function failuresTable({ failures }: Evidence): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ store, locator, outcome, reason }) => [
    `<code>${escape(store)}</code>`,
    `<code>${escape(locator)}</code>`,
    `<span class="outcome ${escape(outcome)}">${escape(outcome)}</span>`,
    escape(reason),
  ]);
  return table(['Store', 'Record', 'Outcome', 'Reason'], rows);
}

function fingerprintsText({ fingerprints }: Evidence): string {
  if (fingerprints === undefined) return '';
  const { compared, changed, first } = fingerprints;
  const text = `<p>${number(compared)} records compared with what they were before; ${number(changed)} differ: written since by somebody else, if by anybody.</p>`;
  return `${text}${list(first.map(({ store, locator }) => `${store} ${locator}`))}`;
}

function loadTable({ kms, estimate }: Course): string {
  const rows = [
    ['KMS requests', number(kms.requests), estimate === null ? '–' : number(estimate.kmsRequests)],
    ['KMS throttled', number(kms.throttled), '–'],
    ...(estimate === null
      ? []
      : [['AWS charges, us-east-1 list prices', '–', `$${estimate.usd.total.toFixed(4)}`]]),
  ];
  return table(['', 'Run', 'Estimate'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    row.map(cell => `<${tag}>${cell}</${tag}>`).join('');
  return `<div class="scroll"><table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows.map(row => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div>`;
}

function list(entries: readonly string[]): string {
  return entries.length === 0 ? '' : `<ul>${entries.map(entry => `<li>${escape(entry)}</li>`).join('')}</ul>`;
}

function number(value: number): string {
  // A report is read from a bucket, and text in the place of a number is no markup either.
  return escape(value.toLocaleString('en-US'));
}

/** Locators and names come from stores, so none of their characters may become markup, or turn the direction of what follows. */
function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
