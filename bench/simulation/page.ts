import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { PageSizes } from '../../lambda/core/account/page-sizes.ts';
import { workOf } from '../../lambda/core/plan/cut-work.ts';
import type { Calibration } from './calibration.ts';
import { verifyReadsOf } from '../../lambda/core/stores/dynamodb/verify-reads.ts';
import { CPU_SHARE, LIMITS } from './limits.ts';
import type { Profile } from './profiles.ts';

/** `verify` asks KMS about each data key; `by journal` about one in a hundred, as jobs have it by default. */
export const PASSES = ['migrate', 'verify', 'by journal'] as const;
export type Pass = (typeof PASSES)[number];

/** lambda/core/journal/sample.ts: one data key in so many is asked about by chance. */
export const ASKED_BY_CHANCE = 1 / 100;

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
const READ_UNIT_BYTES = 4_096;

/**
 * A worker asks KMS about a page at its share of the rate, or as fast as its CPU and its calls in flight allow. Then it journals,
 * writes and accounts for the page; in that time it asks nothing. The next page is read meanwhile.
 */
export function page(profile: Profile, pass: Pass, share: number, calibration: Calibration): Page {
  const dataKeys = pageSize(profile, pass, share);
  const c = calibration;
  const cpu = (micros: number): number => (dataKeys * micros) / 1e6 / CPU_SHARE;
  const inFlight = (milliseconds: number): number => (dataKeys * milliseconds) / 1e3 / IN_FLIGHT;
  const asking = Math.max(cpu(askingMicros(profile, pass, c)), inFlight(c.kmsMilliseconds));
  const rest = c[`${profile.store}${capital(pass)}Rest`];
  const write = profile.store === 'table' ? c.itemWriteMilliseconds : c.objectCopyMilliseconds;
  const writing = pass === 'migrate' ? Math.max(cpu(rest), inFlight(write)) : cpu(rest);
  const objects = pass === 'migrate' ? 2 : 1;
  const roundTrips = c.ledgerReadMilliseconds + c.ledgerWriteMilliseconds + objects * c.objectPutMilliseconds;
  const concluding = writing + roundTrips / 1e3;
  const paced =
    pass === 'by journal'
      ? dataKeys / recordsByJournal(profile, share)
      : dataKeys / share + Math.max(0, concluding - CATCH_UP_SECONDS);
  return { dataKeys, seconds: Math.max(paced, asking + concluding) };
}

function askingMicros({ store }: Profile, pass: Pass, calibration: Calibration): number {
  const { reEncryptMicroseconds, [`${store}${capital(pass)}Asking` as const]: asking } = calibration;
  return pass === 'by journal' ? asking - (1 - ASKED_BY_CHANCE) * reEncryptMicroseconds : asking;
}

/** Read units a second that a verify pass takes of one table, where the job has no limit: of one that is warm for its quota. */
export const VERIFY_READS = verifyReadsOf({ warmReads: LIMITS.tableReads });

/**
 * Records a second of one worker. Workers lease the reads of a table as they lease the rate; objects are visited no faster than KMS may be
 * asked (lambda/core/verify/read-pace.ts).
 */
function recordsByJournal({ store, stores, rate, itemBytes }: Profile, share: number): number {
  const unitsEach = itemBytes / READ_UNIT_BYTES;
  return store === 'table' ? ((VERIFY_READS * stores) / unitsEach) * (share / rate) : share;
}

/** As many records as the product reads at this share. */
function pageSize(profile: Profile, pass: Pass, share: number): number {
  const { store, itemBytes, workers, rate } = profile;
  const limits = { maxConcurrency: workers, kmsRequestsPerSecond: rate, toleratedFailurePercentage: 0 };
  const expected = pass === 'by journal' && store === 'table' ? ASKED_BY_CHANCE : 1;
  const sizes = new PageSizes(workOf([], limits), EMPTY_BOOKS, { expected });
  const scanned = store === 'table' ? Math.max(1, Math.floor(SCANNED_BYTES / itemBytes)) : Infinity;
  // A page of a bounded table is as large as what two seconds have (lambda/adapters/records/table-capacity.ts).
  const bounded =
    pass === 'by journal' && store === 'table'
      ? Math.max(1, Math.floor(2 * recordsByJournal(profile, share)))
      : Infinity;
  return Math.min(sizes.at(share), scanned, bounded);
}

function capital(pass: Pass): 'Migrate' | 'Verify' {
  return pass === 'migrate' ? 'Migrate' : 'Verify';
}
