import { unitsOf } from '../../lambda/core/plan/cut-work.ts';
import { segments } from '../../lambda/core/stores/dynamodb/segments.ts';
import type { ScanRange, Unit } from '../../lambda/core/model/run.ts';
import { partitionsOf, type Profile } from './profiles.ts';

/** What Plan makes of a profile. */
export interface Cut {
  readonly units: number;
  readonly dataKeysOfUnit: number;
  /** Of the units that are worked on at the same time, the most that meet in one table, and in one of its partitions. */
  readonly inOneTable: number;
  readonly inOnePartition: number;
  /** Bytes of units.jsonl. */
  readonly bytes: number;
}

/** A bucket is cut by up to 2,000 probes of its listing (core/stores/s3/split-key-range.ts), each of which adds a unit at most. */
const MOST_RANGES_OF_A_BUCKET = 2_000;
/** Moments of the run at which the units at work are looked at. */
const MOMENTS = 64;

/** Cuts a profile by the product's own functions, so that the simulation works with the units of a real run. */
export function cut(profile: Profile): Cut {
  const { dataKeys, itemBytes, stores, workers, store } = profile;
  const each = { itemCount: dataKeys / stores, sizeBytes: (dataKeys * itemBytes) / stores };
  const ranges =
    store === 'table'
      ? Array.from({ length: stores }, (_, index) =>
          segments(each, workers).map(range => ({ store: index, range })),
        ).flat()
      : keyRanges();
  const units = unitsOf('0f8fad5b-d9cb-469f-a165-70867728950e', ranges, {
    sample: undefined,
    plaintext: false,
  });
  const together = (where: (unit: Unit) => string): number => crowding(units.map(where), workers);
  return {
    units: units.length,
    dataKeysOfUnit: dataKeys / units.length,
    inOneTable: together(unit => String(unit.store)),
    inOnePartition: together(unit => `${unit.store} ${partitionOf(unit.range, partitionsOf(profile))}`),
    bytes: units.reduce((sum, unit) => sum + JSON.stringify(unit).length + 1, 0),
  };
}

function keyRanges(): readonly { readonly store: number; readonly range: ScanRange }[] {
  return Array.from({ length: MOST_RANGES_OF_A_BUCKET }, (_, index) => ({
    store: 0,
    range: { type: 'key-range', startAfter: `documents/${index}`, endAt: `documents/${index + 1}` },
  }));
}

/**
 * Both segments and partitions divide the hashes of partition keys. AWS does not document that segments do so in order; where
 * they do not, units at work are spread in any order of units, so that this is the worst case.
 */
function partitionOf(range: ScanRange, partitions: number): number {
  return range.type === 'segment' ? Math.floor((range.segment * partitions) / range.totalSegments) : 0;
}

/** The map starts units in their order: at each moment, as many in a row are at work as there are workers. */
function crowding(places: readonly string[], workers: number): number {
  const atWork = Math.min(workers, places.length);
  const last = places.length - atWork;
  return Math.max(
    ...Array.from({ length: MOMENTS }, (_, moment) => {
      const first = Math.round((last * moment) / (MOMENTS - 1));
      const counts = new Map<string, number>();
      for (const place of places.slice(first, first + atWork))
        counts.set(place, (counts.get(place) ?? 0) + 1);
      return Math.max(...counts.values()) / atWork;
    }),
  );
}
