import type { Limits } from '../../core/model/job.ts';
import type { ConsumedCapacity } from '../../core/model/consumed.ts';
import type { Phase } from '../../core/model/run.ts';
import type { CapacityUse } from '../../core/ports.ts';
import { addCapacity } from '../../core/rate/consumed.ts';
import type { SharedTable } from '../../core/rate/worker-share.ts';
import { TableCapacity, type CapacityPorts } from './table-capacity.ts';

interface Bounds {
  readonly limits: Limits;
  /** Workers that the run can have. */
  readonly workers: number;
}

/** The capacity of all tables that one invocation of a worker uses. */
export class TableCapacities implements CapacityUse {
  readonly #bounds: Bounds;
  readonly #ports: CapacityPorts;
  readonly #tables = new Map<string, TableCapacity>();

  constructor(bounds: Bounds, ports: CapacityPorts) {
    this.#bounds = bounds;
    this.#ports = ports;
  }

  /** The capacity of the table of that name (core/stores/dynamodb/capacity.ts). */
  of(name: string): TableCapacity {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const { limits, workers } = this.#bounds;
    const { readCapacityPerSecond: read = Infinity, writeCapacityPerSecond: write = Infinity } = limits;
    // Until it is told its part: what it would have if all workers came.
    const table = new TableCapacity({ read, write }, this.#ports, 1 / Math.max(1, workers));
    this.#tables.set(name, table);
    return table;
  }

  /**
   * What workers have to share: nothing where the job has no limit. A rollback may not look at what others have, so each of its
   * workers keeps to an equal part.
   */
  shared(names: readonly string[], phase: Phase): readonly SharedTable[] {
    if (phase === 'rollback') return [];
    const { readCapacityPerSecond: read, writeCapacityPerSecond: write } = this.#bounds.limits;
    if (read === undefined && write === undefined) return [];
    return names.map(name => ({ name, use: part => this.of(name).use(part) }));
  }

  takeConsumed(): ConsumedCapacity | undefined {
    return [...this.#tables.values()]
      .map(table => table.takeConsumed())
      .reduce<ConsumedCapacity | undefined>(addCapacity, undefined);
  }

  close(): void {
    for (const table of this.#tables.values()) table.close();
  }
}
