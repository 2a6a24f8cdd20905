import colors from 'picocolors';
import { fitting, newTable } from './fitting-table.ts';
import { OUTCOME_KINDS } from '../../lambda/core/model/outcome.ts';
import { isAsymmetric, type PlannedKey } from '../../lambda/core/model/key-use.ts';
import type { Forecast, StoreLook } from '../../lambda/core/model/run.ts';
import type { ScheduleState } from '../../lambda/core/plan/scheduled-run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { certaintyOf } from '../../lambda/core/plan/certainty.ts';
import { storeName } from '../../lambda/core/stores/places.ts';
import { conclusion } from '../../lambda/core/report/conclusion.ts';
import { capacityLines, verdictText } from '../../lambda/core/report/store-words.ts';
import type { RegionUse } from '../../lambda/core/rate/region-use.ts';
import type { RunRate } from '../../lambda/core/rate/run-rate.ts';
import type { KeyMaterialReport, Report } from '../../lambda/core/report/report.ts';
import type { HeldStore } from '../deployment/run-watch.ts';

/** How many failures the terminal shows; the report holds up to 100. */
const FAILURES_SHOWN = 20;

export function reportText(report: Report): string {
  const { title, text, tone } = conclusion(report);
  const paint = { good: colors.green, warn: colors.yellow, bad: colors.red }[tone];
  return [
    '',
    `${colors.bold(report.job)} ${report.mode}${report.dryRun ? ', dry run' : ''}  ${colors.dim(`${report.runId}  route ${report.route.type}`)}`,
    paint(colors.bold(title)),
    ...(text === '' ? [] : [text]),
    '',
    storesTable(report),
    ...(report.keyMaterials.length === 0 ? [] : [keyMaterialsTable(report.keyMaterials)]),
    ...wrappingKeysTable(report.wrappingKeys),
    ...failures(report),
    ...lookAlikes(report),
    ...withoutDataKey(report),
    ...fingerprints(report),
    ...report.warnings.map(warning => `${colors.yellow('!')} ${warning}`),
    ...report.notChecked.map(words => colors.dim(`not looked at: ${words}`)),
    `KMS requests ${number(report.kms.requests)}, throttled ${number(report.kms.throttled)}. Remaining: ${report.remaining ?? 'not known'}.`,
    ...capacityLines(report.stores),
    `Run files  ${report.files.run}`,
    `Journal    ${report.files.journal}`,
  ].join('\n');
}

function storesTable({ stores }: Report): string {
  const kinds = OUTCOME_KINDS.filter(kind => stores.some(({ outcomes }) => (outcomes[kind] ?? 0) > 0));
  const table = newTable(['store', 'verdict', 'records', 'data keys', ...kinds, 'proven', 'in doubt']);
  for (const one of stores) {
    const { store, records, dataKeys, outcomes, proven, remaining } = one;
    table.push([
      store,
      verdictText(one),
      number(records),
      number(dataKeys),
      ...kinds.map(kind => number(outcomes[kind] ?? 0)),
      proven === null ? 'not asked' : number(proven),
      remaining === null ? 'not known' : number(remaining),
    ]);
  }
  return fitting(table);
}

function keyMaterialsTable(counts: readonly KeyMaterialReport[]): string {
  const table = newTable(['key', 'key material', 'state', 'rotated', 'before', 'after']);
  for (const { keyArn, keyMaterialId, state, rotatedAt, before, after } of counts) {
    table.push([
      keyArn.split(':').slice(3).join(':'),
      keyMaterialId === null ? 'no id given' : `${keyMaterialId.slice(0, 16)}…`,
      state ?? '–',
      rotatedAt?.slice(0, 10) ?? '–',
      number(before),
      number(after),
    ]);
  }
  return fitting(table);
}

/** Of a run that has met an asymmetric key: of others, the key materials tell the same. */
function wrappingKeysTable(keys: Report['wrappingKeys'] = []): readonly string[] {
  if (!keys.some(isAsymmetric)) return [];
  const table = newTable(['key', 'key spec', 'algorithm', 'store', 'before', 'after']);
  for (const { keyArn, keySpec, encryptionAlgorithm, stores } of keys)
    for (const { store, before, after } of stores)
      table.push([
        ...[keyArn.split(':').slice(3).join(':'), keySpec ?? 'not told', encryptionAlgorithm, store],
        ...[number(before), number(after)],
      ]);
  return [fitting(table)];
}

function failures({ failures: all }: Report): readonly string[] {
  const shown = all
    .slice(0, FAILURES_SHOWN)
    .map(
      ({ outcome, store, locator, reason }) =>
        `${colors.yellow(outcome.padEnd(12))} ${store}  ${locator}  ${colors.dim(reason)}`,
    );
  return all.length > FAILURES_SHOWN
    ? [...shown, `… and ${all.length - FAILURES_SHOWN} more in the report`]
    : shown;
}

function lookAlikes({ lookAlikes: { count, first } }: Report): readonly string[] {
  if (count === 0) return [];
  return [
    `Looks like a data key or names a source key, outside the places of the job: ${number(count)}`,
    ...first
      .slice(0, FAILURES_SHOWN)
      .map(
        ({ store, locator, path, form }) =>
          `${colors.yellow('looks alike ')} ${store}  ${locator}  ${path} ${colors.dim(form)}`,
      ),
  ];
}

function withoutDataKey({ stores }: Report): readonly string[] {
  return stores
    .filter(({ withoutDataKey: count }) => count > 0)
    .map(
      ({ store, withoutDataKey: count, withoutDataKeyFirst: [example] }) =>
        `Without a data key in the places of the job: ${number(count)} in ${store}${example === undefined ? '' : colors.dim(`, such as ${example}`)}`,
    );
}

function fingerprints({ fingerprints: found }: Report): readonly string[] {
  if (found === undefined) return [];
  const { compared, changed, first } = found;
  return [
    `Beside the data keys: ${number(compared)} records compared with what they were before, ${number(changed)} differ`,
    ...first
      .slice(0, FAILURES_SHOWN)
      .map(({ store, locator }) => `${colors.yellow('differs')}      ${store}  ${locator}`),
  ];
}

export function planText(plan: RunPlan): string {
  const { estimate } = plan;
  const least = estimate.uncounted === undefined ? '' : 'at least ';
  return [
    `${colors.bold(plan.job)} ${plan.mode}: ${least}${number(estimate.dataKeys)} data keys in ${plan.units} units, ${plan.workers} workers at ${number(plan.limits.kmsRequestsPerSecond)} KMS requests/s`,
    `from  ${plan.sources.map(keyText).join('\n      ')}`,
    `to    ${keyText(plan.destination)}`,
    `route ${plan.route.type}: ${plan.route.why}`,
    ...plan.stores.map(
      (store, index) =>
        `store ${storeName(store)}  (${store.format.type}, ${plan.unitsPerStore[index]} units)`,
    ),
    ...(plan.looked ?? []).map(lookText),
    ...forecastText(plan),
    ...callsText(plan),
    ...certaintyOf(plan).map(words => colors.dim(`estimated: ${words}`)),
    ...plan.warnings.map(warning => `${colors.yellow('!')} ${warning}`),
  ].join('\n');
}

/** A run that rests on a journal asks less than all, and how much less is not known before it has read that journal. */
function forecastText({ estimate, restsOn: [earlier] = [] }: RunPlan): readonly string[] {
  const { resting, uncounted } = estimate;
  if (earlier === undefined)
    return [`${uncounted === undefined ? 'about' : 'at least'} ${amountsText(estimate)}`];
  return [
    `${uncounted === undefined ? 'at most about' : 'about'} ${amountsText(estimate)}`,
    resting === undefined
      ? `less where the journal of ${earlier} proves data keys; how many it proves is not known`
      : `about ${amountsText(resting)}, if the journal of ${earlier} proves the ${number(resting.proven)} data keys that it proved before`,
  ];
}

function amountsText({ kmsRequests, seconds, usd: { kms, reads, writes, total } }: Forecast): string {
  return `${number(kmsRequests)} KMS requests, ${number(seconds)} s, $${usd(total)} of AWS charges (us-east-1 list prices): KMS $${usd(kms)}, reads $${usd(reads)}, writes $${usd(writes)}`;
}

/** Those of KMS first, then those of each store. */
function callsText({ calls = [], restsOn }: RunPlan): readonly string[] {
  const most = restsOn === undefined ? '' : ' at most';
  const places = [...new Set(calls.map(({ store }) => store))];
  return places.map(place => {
    const words = calls
      .filter(({ store }) => store === place)
      .map(({ action, times, per }) => `${action} ${Number(times.toFixed(2))} per ${per}`);
    return `calls ${place ?? 'KMS'}${most}: ${words.join(', ')}`;
  });
}

/** Four digits show a thousand requests, and no sum as nothing that is something. */
function usd(value: number): string {
  return value > 0 && value < 0.0001 ? '0.0001' : value.toFixed(4);
}

export function scheduleText({ expression, timeZone, mode, state, words }: ScheduleState): string {
  const what = `schedule ${expression} (${timeZone}): ${mode}`;
  switch (state) {
    case 'on':
      return what;
    case 'off':
      return `${what}, switched off`;
    case 'waits':
      return `${what}; ${words}`;
  }
}

/** What Plan saw in the first records of a store. */
function lookText({
  store,
  records,
  more,
  withDataKey,
  withoutDataKey,
  unreadable,
  recordedKeys,
}: StoreLook): string {
  const keys = recordedKeys.slice(0, 3).map(({ key, records: count }) => `${number(count)} name ${key}`);
  return `looked at ${more ? 'the first ' : ''}${number(records)} of ${store}: ${[
    `${number(withDataKey)} with a data key`,
    `${number(withoutDataKey)} without`,
    ...(unreadable === 0 ? [] : [`${number(unreadable)} with something else there`]),
    ...keys,
  ].join(', ')}`;
}

function keyText({ keyArn, encryptionAlgorithm }: PlannedKey): string {
  return encryptionAlgorithm === 'SYMMETRIC_DEFAULT' ? keyArn : `${keyArn} (${encryptionAlgorithm})`;
}

/** The rate of an active run, and who else uses KMS in the same Regions. */
export function rateText(
  { requestsPerSecond, words }: RunRate,
  regions: readonly RegionUse[],
): readonly string[] {
  return [
    `may send ${number(requestsPerSecond)} KMS requests a second`,
    ...(words === undefined ? [] : [words]),
    ...regions.map(
      ({ region, workers, requestsPerSecond: used, others }) =>
        `${region}: ${workers} workers busy at ${number(Math.round(used * 10) / 10)} requests a second${others.map(one => `, beside ${one.runId} (${number(one.requestsPerSecond)})`).join('')}`,
    ),
  ];
}

const STANDING: Readonly<Record<HeldStore['standing']['kind'], string>> = {
  live: 'which is alive',
  'winding-up': 'which is over; its last worker may still be writing',
  stale: 'which is over; the next run takes the store over',
};

export function heldText({ store, runId, mode, since, standing }: HeldStore): string {
  return `${store} is held by ${runId} (${mode}) since ${since}, ${STANDING[standing.kind]}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
