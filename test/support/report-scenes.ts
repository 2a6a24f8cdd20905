import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTCOME_KINDS } from '../../lambda/core/model/outcome.ts';
import type { Report, StoreReport } from '../../lambda/core/report/report.ts';
import { DOUBT_CODES } from '../../lambda/core/verdict/store-verdict.ts';

/** The report of a demo, as it is committed for the picture of the README. */
export function demoReport(): Report {
  return JSON.parse(readFileSync(join(__dirname, '../../docs/report/demo.json'), 'utf8')) as Report;
}

const HOSTILE = `"><script>alert(1)</script>' onclick='x \u202e {{}} =cmd|'/c calc'!A1 ${'long'.repeat(60)}`;

/** Every kind of report that a page has to show, by what it is. */
export function reportScenes(): Readonly<Record<string, Report>> {
  const demo = demoReport();
  const [table, bucket] = demo.stores as readonly [StoreReport, StoreReport];
  const sound: StoreReport = {
    ...table,
    ...{ verdict: { kind: 'proven' }, remaining: 0, outcomes: { rewrapped: 1980 }, dataKeys: 1980 },
    concluding: { 'already-current': 1980 },
  };
  const failed: Report = {
    ...demo,
    ...{ state: 'failed', verdict: 'failed', remaining: null, failures: [] },
    error: 'PremiseBroken: kms:ReEncryptFrom was denied on the source key; allow it and start again',
    stores: demo.stores.map(store => ({
      ...store,
      ...{ complete: false, remaining: null },
      verdict: {
        kind: 'not-proven',
        doubts: [{ code: 'incomplete', words: 'the run did not finish there' }],
      },
    })),
  };
  const { pace: _, ...untimed } = demo;
  return {
    'a demo': demo,
    'a proven migration': { ...demo, verdict: 'proven', remaining: 0, stores: [sound], failures: [] },
    'a failed run': failed,
    'a rollback': {
      ...demo,
      ...{ mode: 'rollback', verdict: 'not-restored', keepsSource: false },
      stores: [
        { ...bucket, outcomes: { restored: 480, failed: 8 }, concluding: { restored: 480, failed: 8 } },
      ],
    },
    'a census': {
      ...demo,
      ...{ mode: 'census', verdict: 'counted' },
      stores: demo.stores.map(store => ({
        ...store,
        ...{
          outcomes: { 'to-rewrap': store.dataKeys },
          concluding: { 'to-rewrap': store.dataKeys },
          proven: null,
        },
      })),
    },
    'an empty store': {
      ...untimed,
      ...{ verdict: 'empty', remaining: 0, keyMaterials: [], failures: [], estimate: null },
      stores: [
        {
          ...sound,
          records: 0,
          dataKeys: 0,
          outcomes: {},
          concluding: {},
          proven: 0,
          verdict: { kind: 'empty' },
        },
      ],
    },
    'fifty stores with hostile names': {
      ...demo,
      ...{ job: HOSTILE, runId: HOSTILE, warnings: [HOSTILE], notChecked: [HOSTILE] },
      stores: Array.from({ length: 50 }, (_, index) => manifold(table, index)),
      keyMaterials: Array.from({ length: 30 }, (_, index) => ({
        ...{ keyArn: `arn:aws:kms:us-east-1:111122223333:key/${index}${HOSTILE}`, keyMaterialId: HOSTILE },
        ...{ before: 10 ** (index % 9), after: index },
      })),
      failures: OUTCOME_KINDS.map(outcome => ({
        ...{ store: HOSTILE, locator: HOSTILE, slot: HOSTILE, outcome, reason: HOSTILE },
      })),
      lookAlikes: { count: 9, first: [{ store: HOSTILE, locator: HOSTILE, path: HOSTILE, form: HOSTILE }] },
    },
  };
}

/** Every outcome and every doubt. */
function manifold(store: StoreReport, index: number): StoreReport {
  const outcomes = Object.fromEntries(OUTCOME_KINDS.map((kind, place) => [kind, 1 + index * place * 1000]));
  return {
    ...store,
    ...{ store: `${index}${HOSTILE}`, outcomes, concluding: outcomes },
    dataKeys: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    withoutDataKeyFirst: [HOSTILE],
    verdict:
      index % 3 === 0
        ? { kind: 'proven' }
        : { kind: 'not-proven', doubts: DOUBT_CODES.map(code => ({ code, words: HOSTILE })) },
  };
}
