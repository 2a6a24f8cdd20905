import type { MeterReading } from '../../emulator/meter/reading.ts';
import { gigabytes, MB_OF_ONE_CPU, PRICES } from './prices.ts';

/** Dollars, by what they are for. */
export interface Bill {
  readonly kms: number;
  readonly store: number;
  readonly ledger: number;
  readonly journal: number;
  readonly logs: number;
  readonly transitions: number;
  readonly events: number;
  readonly lambdaRequests: number;
  /** Of the CPU time here, at the share of a CPU that Lambda gives to the function. It depends on this machine. */
  readonly lambdaTime: number;
}

const MACHINE_DEPENDENT = ['lambdaTime'];

/** What a reading costs. `stores` are the table and the bucket that the job is about; all others are the product's own. */
export function billOf(reading: MeterReading, stores: readonly string[]): Bill {
  const isStore = ([place]: readonly [string, unknown]): boolean =>
    stores.includes(place.split('/')[1] ?? '');
  const [ofStore, own] = [isStore, (entry: readonly [string, unknown]) => !isStore(entry)];
  const { dynamodb, s3, lambda, logs, stepFunctions } = reading;
  const tables = Object.entries(dynamodb);
  const buckets = Object.entries(s3);
  const functions = Object.values(lambda);
  return {
    kms: countOf(reading, 'kms') * PRICES.kmsRequest,
    store: sum(tables.filter(ofStore), unitCost) + sum(buckets.filter(ofStore), requestCost),
    ledger: sum(tables.filter(own), unitCost),
    journal: sum(buckets.filter(own), requestCost) + sum(buckets.filter(own), monthCost),
    logs: gigabytes(sum(Object.values(logs), ({ bytes }) => bytes)) * PRICES.logGigabyte,
    transitions: stepFunctions.transitions * PRICES.transition,
    events: countOf(reading, 'events') * PRICES.event,
    lambdaRequests: sum(functions, ({ invocations }) => invocations) * PRICES.lambdaInvocation,
    lambdaTime: sum(functions, ({ cpuMilliseconds, memoryMb }) => {
      const seconds = (cpuMilliseconds / 1_000) * (MB_OF_ONE_CPU / memoryMb);
      return seconds * (memoryMb / 1_024) * PRICES.lambdaGigabyteSecond;
    }),
  };
}

export function totalOf(bill: Bill): number {
  return sum(Object.values(bill) as readonly number[], dollars => dollars);
}

/** All but what depends on the machine. */
export function countedTotalOf(bill: Bill): number {
  return sum(Object.entries(bill) as [string, number][], ([name, dollars]) =>
    MACHINE_DEPENDENT.includes(name) ? 0 : dollars,
  );
}

/**
 * The bill of a million data keys, from two runs of different sizes: what a run costs however small it is, and what each data
 * key adds.
 */
export function billOfMillion(small: Sized, large: Sized): Bill {
  const names = Object.keys(small.bill) as (keyof Bill)[];
  return Object.fromEntries(
    names.map(name => {
      const each = (large.bill[name] - small.bill[name]) / (large.dataKeys - small.dataKeys);
      const fixed = Math.max(0, small.bill[name] - each * small.dataKeys);
      return [name, fixed + each * 1_000_000];
    }),
  ) as unknown as Bill;
}

export interface Sized {
  readonly dataKeys: number;
  readonly bill: Bill;
}

export function countOf({ requests }: MeterReading, service: string): number {
  return sum(requests, one => (one.service === service ? one.requests : 0));
}

type Entry<Of> = readonly [string, Of];

function unitCost([, { readUnits, writeUnits }]: Entry<MeterReading['dynamodb'][string]>): number {
  return readUnits * PRICES.dynamoReadUnit + writeUnits * PRICES.dynamoWriteUnit;
}

function requestCost([, { writes, reads }]: Entry<MeterReading['s3'][string]>): number {
  return writes * PRICES.s3Write + reads * PRICES.s3Read;
}

/** A month of what lies there. */
function monthCost([, { storedBytes }]: Entry<MeterReading['s3'][string]>): number {
  return gigabytes(storedBytes) * PRICES.s3GigabyteMonth;
}

export function sum<Of>(all: readonly Of[], figure: (one: Of) => number): number {
  return all.reduce((total, one) => total + figure(one), 0);
}
