import type { ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import type { TableCapacity } from '../records/table-capacity.ts';

/** How many items to scan at a time where capacity is bounded, by what the last page took. */
export class ScannedSize {
  /** Read units of an item; unknown before the first page. */
  #unitsEach: number | undefined;

  /** The next page, and the units that it is expected to take. The first one has one item, which may have 400 KB. */
  next(
    pageSize: number,
    capacity: Pick<TableCapacity, 'fitting' | 'isReadBounded'>,
  ): { readonly Limit: number; readonly units: number } {
    const each = this.#unitsEach;
    const isBounded = capacity.isReadBounded;
    if (each === undefined) return { Limit: isBounded ? 1 : pageSize, units: 1 };
    // Without a bound nothing waits, unless the table throttles this very request.
    if (!isBounded) return { Limit: pageSize, units: pageSize * each };
    const Limit = Math.min(pageSize, capacity.fitting(each));
    return { Limit, units: Limit * each };
  }

  saw({
    ScannedCount = 0,
    ConsumedCapacity,
  }: Pick<ScanCommandOutput, 'ScannedCount' | 'ConsumedCapacity'>): void {
    const units = ConsumedCapacity?.CapacityUnits;
    if (units !== undefined && units > 0 && ScannedCount > 0) this.#unitsEach = units / ScannedCount;
  }
}
