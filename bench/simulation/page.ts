import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { PageSizes } from '../../lambda/core/account/page-sizes.ts';
import { workOf } from '../../lambda/core/plan/cut-work.ts';
import type { Calibration } from './calibration.ts';
import { CPU_SHARE } from './limits.ts';
import type { Profile } from './profiles.ts';

export type Pass = 'migrate' | 'verify';

/** A page of a worker that has a share of the rate. */
export interface Page {
  readonly dataKeys: number;
  readonly seconds: number;
}

/** lambda/core/account/page-budget.ts: calls that a worker has in flight. */
const IN_FLIGHT = 32;
/** lambda/core/reencrypt/pace.ts: what a worker that has not asked for a while may catch up. */
const CATCH_UP_SECONDS = 0.1;
/** A Scan reads 1 MB at a time. */
const SCANNED_BYTES = 1024 ** 2;

/**
 * A worker asks KMS about a page at its share of the rate, or as fast as its CPU and its calls in flight allow. Then it journals,
 * writes and accounts for the page; in that time it asks nothing.
 */
export function page(profile: Profile, pass: Pass, share: number, calibration: Calibration): Page {
  const dataKeys = pageSize(profile, share);
  const c = calibration;
  const cpu = (micros: number): number => (dataKeys * micros) / 1e6 / CPU_SHARE;
  const inFlight = (milliseconds: number): number => (dataKeys * milliseconds) / 1e3 / IN_FLIGHT;
  const asking = Math.max(cpu(c[`${profile.store}${capital(pass)}Asking`]), inFlight(c.kmsMilliseconds));
  const rest = c[`${profile.store}${capital(pass)}Rest`];
  const write = profile.store === 'table' ? c.itemWriteMilliseconds : c.objectCopyMilliseconds;
  const writing = pass === 'migrate' ? Math.max(cpu(rest), inFlight(write)) : cpu(rest);
  const objects = pass === 'migrate' ? 2 : 1;
  const roundTrips = c.ledgerReadMilliseconds + c.ledgerWriteMilliseconds + objects * c.objectPutMilliseconds;
  const concluding = writing + roundTrips / 1e3;
  const paced = dataKeys / share + Math.max(0, concluding - CATCH_UP_SECONDS);
  return { dataKeys, seconds: Math.max(paced, asking + concluding) };
}

/** As many records as the product reads at this share. */
function pageSize({ store, itemBytes, workers, rate }: Profile, share: number): number {
  const limits = { maxConcurrency: workers, kmsRequestsPerSecond: rate, toleratedFailurePercentage: 0 };
  const sizes = new PageSizes(workOf([], limits), EMPTY_BOOKS, 1);
  const scanned = store === 'table' ? Math.max(1, Math.floor(SCANNED_BYTES / itemBytes)) : Infinity;
  return Math.min(sizes.at(share), scanned);
}

function capital(pass: Pass): 'Migrate' | 'Verify' {
  return pass === 'migrate' ? 'Migrate' : 'Verify';
}
