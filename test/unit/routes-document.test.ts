import { readFileSync } from 'node:fs';
import type { Store } from '../../lambda/core/model/job.ts';
import { ROUTE_TYPES, type RouteType } from '../../lambda/core/model/route.ts';
import { estimate } from '../../lambda/core/plan/estimate.ts';
import { job } from '../support/builders.ts';

const MILLION = 1_000_000;
const document = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8');

/** The figures in the cost table, by route. */
function documented(): Readonly<Record<string, readonly number[]>> {
  const rows = document.split('\n').filter(line => /^\| `[a-z-]+` +\| +\d/.test(line));
  return Object.fromEntries(
    rows.map(row => {
      const [route = '', ...figures] = row.split('|').slice(1, -1);
      return [route.trim().replaceAll('`', ''), figures.map(Number)];
    }),
  );
}

/** An amount in dollars, rounded as in the document. */
const cents = (usd: number): number => Math.round(usd * 100) / 100;

function total(route: RouteType, store: Store): number {
  const { limits } = job();
  const count = { store: 0, records: MILLION, bytes: MILLION * 1024 };
  const of = { job: job({ stores: [store] }), mode: 'migrate' as const, limits, counts: [count], route };
  return cents(estimate(of).usd.total);
}

function kms(route: RouteType, verify: 'full' | 'off'): number {
  const count = { store: 0, records: MILLION, bytes: 0 };
  const { limits } = job();
  return estimate({ job: job({ verify }), mode: 'migrate', limits, counts: [count], route }).usd.kms;
}

describe('docs/routes.md', () => {
  const format = { type: 'attribute', dataKey: 'edk' };
  const table: Store = { type: 'dynamodb', table: 'Orders', format };
  const bucket: Store = { type: 's3', bucket: 'documents', prefix: '', format };
  const elsewhere = { region: 'eu-west-1', createMissing: true };

  it.each(ROUTE_TYPES)('says what the route %s costs, as Plan estimates it', route => {
    const migrate = kms(route, 'off');
    expect(documented()[route]).toEqual([
      cents(migrate),
      cents(kms(route, 'full') - migrate),
      total(route, table),
      total(route, bucket),
      total(route, { ...table, copyTo: { ...elsewhere, table: 'Orders' } }),
      total(route, { ...bucket, copyTo: { ...elsewhere, bucket: 'documents-there' } }),
    ]);
  });
});
