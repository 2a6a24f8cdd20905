import type { Limits } from '../../core/model/job.ts';
import type { ConsumedCapacity } from '../../core/model/consumed.ts';
import type { Phase } from '../../core/model/run.ts';
import type { CapacityUse } from '../../core/ports.ts';
import { addCapacity } from '../../core/rate/consumed.ts';
import type { CapacityLimit } from '../../core/rate/run-capacity.ts';
import type { SharedTable } from '../../core/rate/worker-share.ts';
import { TableCapacity, type CapacityLimits, type CapacityPorts } from './table-capacity.ts';

interface Bounds {
  readonly limits: Limits;
  /** By table: what a verify pass reads, where no limit says so. */
  readonly verifyReads?: Readonly<Record<string, number>>;
  /** @default none in particular */
  readonly phase?: Phase;
  /** Workers that the run can have. */
  readonly workers: number;
}

/** The capacity of all tables that one invocation of a worker uses. */
export class TableCapacities implements CapacityUse {
  readonly #bounds: Bounds;
  readonly #ports: CapacityPorts;
  readonly #tables = new Map<string, TableCapacity>();
  #limits: Pick<Limits, CapacityLimit>;

  constructor(bounds: Bounds, ports: CapacityPorts) {
    this.#bounds = bounds;
    this.#limits = bounds.limits;
    this.#ports = ports;
  }

  /** The capacity of the table of that name (core/stores/dynamodb/capacity.ts). */
  of(name: string): TableCapacity {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    // Until it is told its part: what it would have if all workers came.
    const part = 1 / Math.max(1, this.#bounds.workers);
    const table = new TableCapacity(this.#limitsOf(name), this.#ports, part);
    this.#tables.set(name, table);
    return table;
  }

  /** What workers have to share: nothing where there is no limit. One that is set later is divided into equal parts. */
  shared(names: readonly string[]): readonly SharedTable[] {
    const bounded = names.filter(name => Object.values(this.#limitsOf(name)).some(Number.isFinite));
    return bounded.map(name => ({ name, use: part => this.of(name).use(part) }));
  }

  keepTo(limits: Pick<Limits, CapacityLimit>): void {
    this.#limits = limits;
    for (const [name, table] of this.#tables) table.limitTo(this.#limitsOf(name));
  }

  #limitsOf(name: string): CapacityLimits {
    const { phase, verifyReads = {} } = this.#bounds;
    const { readCapacityPerSecond, writeCapacityPerSecond: write = Number.POSITIVE_INFINITY } = this.#limits;
    const byPlan = phase === 'verify' ? verifyReads[name] : undefined;
    return { read: readCapacityPerSecond ?? byPlan ?? Number.POSITIVE_INFINITY, write };
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
