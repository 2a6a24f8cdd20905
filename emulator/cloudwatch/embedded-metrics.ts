import type { MetricId, MetricStore } from './metric-store.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

type Line = Readonly<Record<string, unknown>> & {
  readonly _aws?: { readonly Timestamp?: number; readonly CloudWatchMetrics?: readonly Directive[] };
};

/** Reads a line in the embedded metric format: a value for each metric and each set of dimensions. Other lines are none. */
export function putEmbedded(
  text: string,
  { accountId, region }: Pick<MetricId, 'accountId' | 'region'>,
  store: MetricStore,
): void {
  const line = lineOf(text);
  const { Timestamp, CloudWatchMetrics = [] } = line?._aws ?? {};
  if (line === undefined || Timestamp === undefined) return;
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics)
    for (const names of Dimensions)
      for (const { Name } of Metrics) {
        const dimensions = Object.fromEntries(names.map(name => [name, String(line[name])]));
        const id = { accountId, region, namespace: Namespace, name: Name, dimensions };
        for (const value of [line[Name]].flat())
          if (typeof value === 'number') store.put(id, value, Timestamp);
      }
}

function lineOf(text: string): Line | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    // CloudWatch takes a line that it cannot read as a plain event.
    return undefined;
  }
}
