/** What makes a metric distinct: namespace, name and dimensions, in an account and Region. */
export interface MetricId {
  readonly accountId: string;
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Value {
  readonly at: number;
  readonly value: number;
}

/** Statistics of the values of a period. Another one is an error. */
const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: total,
  SampleCount: values => values.length,
  Average: values => total(values) / values.length,
  Maximum: values => Math.max(...values),
  Minimum: values => Math.min(...values),
};

/** All values of all metrics, by the time at which each was true. */
export class MetricStore {
  readonly #metrics = new Map<string, Value[]>();

  put(id: MetricId, value: number, at: number): void {
    const key = keyOf(id);
    const values = this.#metrics.get(key) ?? [];
    values.push({ at, value });
    this.#metrics.set(key, values);
  }

  /** The data point of the period that begins at `from`; `undefined` if there is no value in it. */
  point(
    id: MetricId,
    statistic: string,
    period: { readonly from: number; readonly to: number },
  ): number | undefined {
    const values = (this.#metrics.get(keyOf(id)) ?? []).filter(
      ({ at }) => at >= period.from && at < period.to,
    );
    return values.length === 0 ? undefined : statisticOf(statistic)(values.map(({ value }) => value));
  }
}

/** @throws Error for a statistic that is not here */
export function statisticOf(name: string): (values: readonly number[]) => number {
  const statistic = STATISTICS[name];
  if (statistic === undefined) throw new Error(`the embedded CloudWatch does not have the statistic ${name}`);
  return statistic;
}

function keyOf({ accountId, region, namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([accountId, region, namespace, name, sorted]);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
