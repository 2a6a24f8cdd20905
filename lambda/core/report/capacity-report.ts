import { addCapacity, mostPerSecond } from '../rate/consumed.ts';
import type { ConsumedCapacity } from '../model/consumed.ts';
import type { CapacityReport } from './report.ts';

/** What all passes took together; `undefined` where no table was asked. */
export function capacityReport(
  passes: readonly (ConsumedCapacity | undefined)[],
): CapacityReport | undefined {
  const consumed = passes.reduce(addCapacity, undefined);
  if (consumed === undefined) return undefined;
  const { read, write } = consumed;
  return {
    readUnits: read?.units ?? 0,
    writeUnits: write?.units ?? 0,
    mostReadUnitsPerSecond: read === undefined ? 0 : mostPerSecond(read),
    mostWriteUnitsPerSecond: write === undefined ? 0 : mostPerSecond(write),
    seconds: Math.max(read?.over.seconds ?? 0, write?.over.seconds ?? 0),
  };
}

/** As in: consumed 12,345 write units, at most 88 a second, and 900 read units, at most 40 a second (averages of 10 s). */
export function capacityWords(capacity: CapacityReport): string {
  const { readUnits, writeUnits, mostReadUnitsPerSecond, mostWriteUnitsPerSecond, seconds } = capacity;
  const part = (units: number, what: string, most: number): string =>
    `${number(units)} ${what} units${units === 0 ? '' : `, at most ${number(most)} a second`}`;
  const writes = part(writeUnits, 'write', mostWriteUnitsPerSecond);
  const reads = part(readUnits, 'read', mostReadUnitsPerSecond);
  return `consumed ${writes}, and ${reads} (averages of ${number(seconds)} s)`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
