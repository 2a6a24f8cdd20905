import type { Failure } from '../../model/books.ts';
import { isSettled, OUTCOME_KINDS, type OutcomeKind } from '../../model/outcome.ts';
import { unsettledIn } from '../../verdict/run-verdict.ts';
import type { Doubt, DoubtCode } from '../../verdict/store-verdict.ts';
import { DOUBT_CURES, outcomeCure } from '../cures.ts';
import type { Report, StoreReport } from '../report.ts';
import { code, details, escape, number, table } from './elements.ts';

/** Enough to see what the others are. */
const MOST_REASONS = 5;
const MOST_STORES = 5;

/** What is not proven, kind by kind: what it means, what to do, and how to list all of it. */
export function unprovenPart(report: Report): string {
  const doubts = doubtKinds(report.stores);
  const kinds = outcomeKinds(report);
  if (doubts.length + kinds.length === 0) return '';
  return [
    ...doubts.map(doubtPart),
    kinds.length === 0 ? '' : '<h3>Data keys by outcome</h3>',
    ...kinds.map(kind => outcomePart(kind, report)),
    details('The first of them, by name', failuresTable(report.failures)),
    kinds.length === 0 ? '' : howToListAll(report),
  ].join('');
}

interface DoubtKind {
  readonly code: DoubtCode;
  readonly of: readonly { readonly store: string; readonly doubt: Doubt }[];
}

function doubtKinds(stores: readonly StoreReport[]): readonly DoubtKind[] {
  const all = stores.flatMap(({ store, verdict }) =>
    verdict.kind === 'not-proven' ? verdict.doubts.map(doubt => ({ store, doubt })) : [],
  );
  return [...new Set(all.map(({ doubt }) => doubt.code))].map(kind => ({
    code: kind,
    of: all.filter(({ doubt }) => doubt.code === kind),
  }));
}

function doubtPart({ code: kind, of }: DoubtKind): string {
  // A later version may know more kinds.
  const known = Object.hasOwn(DOUBT_CURES, kind) ? DOUBT_CURES[kind] : undefined;
  const means =
    known === undefined ? '' : `<p>${capital(known.means)}. <strong>${inCode(known.cure)}</strong></p>`;
  const lines = of
    .slice(0, MOST_STORES)
    .map(({ store, doubt }) => `<li>${code(store)}: ${escape(doubt.words)}</li>`)
    .join('');
  const more = of.length > MOST_STORES ? `<li>and ${number(of.length - MOST_STORES)} more stores</li>` : '';
  return `<h3>${escape(kind)}</h3>${means}<ul>${lines}${more}</ul>`;
}

function outcomeKinds(report: Report): readonly OutcomeKind[] {
  return OUTCOME_KINDS.filter(kind => !isSettled(kind) && countOf(report, kind) > 0);
}

function outcomePart(kind: OutcomeKind, report: Report): string {
  const { failures } = report;
  const named = failures.filter(({ outcome }) => outcome === kind);
  const counts = new Map<string, number>();
  for (const { reason } of named) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].sort(([, a], [, b]) => b - a);
  const lines = reasons
    .slice(0, MOST_REASONS)
    .map(([reason, count]) => `<li>${number(count)}: ${escape(reason)}</li>`);
  const more =
    reasons.length > MOST_REASONS ? `<li>and ${number(reasons.length - MOST_REASONS)} more reasons</li>` : '';
  const count = countOf(report, kind);
  const which =
    count > named.length ? `Reasons of the ${number(named.length)} that are named here:` : 'Reasons:';
  const cure = outcomeCure(kind) ?? '';
  return `<h4><span class="named ${kind}">${kind}</span>, ${number(count)}</h4><p><strong>${escape(cure)}</strong></p>${lines.length === 0 ? '' : `<p>${which}</p><ul>${lines.join('')}${more}</ul>`}`;
}

/**
 * A data key is named with what its first pass found, which says more than the last one. Where not all are named, the pass
 * that concludes the run has counted them.
 */
function countOf({ stores, failures }: Report, kind: OutcomeKind): number {
  const left = stores.reduce((sum, { concluding }) => sum + unsettledIn(concluding), 0);
  const named = failures.filter(({ outcome }) => outcome === kind).length;
  const counted = stores.reduce((sum, { concluding }) => sum + (concluding[kind] ?? 0), 0);
  return left === failures.length ? named : Math.max(named, counted);
}

function failuresTable(failures: readonly Failure[]): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ store, locator, slot, outcome, reason }) => [
    code(locator),
    code(store),
    code(slot),
    `<span class="named ${escape(outcome)}">${escape(outcome)}</span>`,
    escape(reason),
  ]);
  return table({
    caption: 'Data keys that are named',
    head: ['Record', 'Store', 'Place', 'Outcome', 'Reason'],
    rows,
  });
}

function howToListAll({ runId, mode }: Report): string {
  const query = mode === 'rollback' ? 'not-moved' : 'not-proven';
  const athena = `Or in Athena, with the run id: the named query <code>${query}</code> of the deployment&#39;s workgroup.`;
  return `<h3>To list all of them</h3><p>As CSV, with <code>rewrap report RUN --failures FILE</code> (the line is above). ${athena} Run id: ${code(runId)}.</p>`;
}

function capital(words: string): string {
  return inCode(`${words.charAt(0).toUpperCase()}${words.slice(1)}`);
}

/** Words of ours, with code between backticks. */
function inCode(words: string): string {
  return words
    .split('`')
    .map((part, index) => (index % 2 === 1 ? code(part) : escape(part)))
    .join('');
}
