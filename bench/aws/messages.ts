import type { MeterReading } from '../../emulator/meter/reading.ts';

export const REGION = 'us-east-1';

export interface Keys {
  readonly source: string;
  readonly destination: string;
}

export interface TableSeed {
  readonly table: string;
  readonly items: number;
  /** @default 1 */
  readonly dataKeysPerItem?: number;
  /** How many data keys in a row are one and the same, as data-key caching causes. @default 1 */
  readonly sharedBy?: number;
  /** Partition keys in use: all items if absent. */
  readonly partitions?: number;
}

export interface BucketSeed {
  readonly bucket: string;
  readonly objects: number;
  readonly prefix: string;
}

export interface Weather {
  /** What every call waits before its service sees it. */
  readonly latencyMs: number;
  /** Requests of KMS per second, over which it throttles. @default AWS's own */
  readonly kmsQuota?: number;
}

/** A second in which KMS was asked. */
export interface KmsSecond {
  readonly second: number;
  /** Requests of the product, those that were throttled included. */
  readonly asked: number;
  readonly throttled: number;
  /** Those of the neighbour; absent where there is none. */
  readonly neighbour?: { readonly asked: number; readonly throttled: number };
}

/** Another application of the account, which asks KMS and does not slow down. */
export interface Neighbour {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly key: string;
}

export interface Commands {
  createKeys: (of: object) => Keys;
  deploy: (of: { readonly assembly: string }) => readonly string[];
  seedTable: (of: { readonly seed: TableSeed; readonly keys: Keys }) => number;
  seedBucket: (of: { readonly seed: BucketSeed; readonly keys: Keys }) => number;
  /** Deletes all records of a store. */
  clear: (of: { readonly table?: string; readonly bucket?: string }) => null;
  /** What DescribeTable says of a table. Real tables tell it every six hours; this one when it is told. */
  count: (of: { readonly table: string; readonly items: number }) => null;
  weather: (of: Weather) => null;
  /** Ends when the neighbour does. */
  neighbour: (of: Neighbour) => null;
  kmsSeconds: (of: object) => readonly KmsSecond[];
  readMeter: (of: object) => MeterReading;
  resetMeter: (of: object) => null;
  /** CPU of this process since it began. */
  cpu: (of: object) => number;
}

export type Command = keyof Commands;
export type Of<Name extends Command> = Parameters<Commands[Name]>[0];
export type Answer<Name extends Command> = ReturnType<Commands[Name]>;
