import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunFigures } from '../../core/report/run-figures.ts';
import { METRICS_NAMESPACE } from './telemetry.ts';

interface MetricsOf {
  /** Which function tells them. */
  readonly service: 'plan' | 'report';
  readonly deployment: string;
}

/** Whose run it is. Its metrics have these dimensions, too, for whoever wants to see a job alone. */
interface JobAndMode {
  readonly job: string;
  readonly mode: string;
}

/**
 * Figures of a deployment, which its alarms watch (lib/operations). An alarm watches metrics whose dimensions it knows at
 * deployment, so each figure is also told with no other dimension than service and deployment.
 */
export class OperationsMetrics {
  readonly #metrics: Metrics;
  readonly #deployment: string;

  constructor({ service, deployment }: MetricsOf) {
    this.#metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service });
    this.#deployment = deployment;
  }

  finished(of: JobAndMode, figures: RunFigures): void {
    const { failed, notProven, remaining, dataKeysFailed, leftoversFound, dataKeysTooOld } = figures;
    this.#tell(of, {
      ...{ RunFailed: failed, NotProven: notProven },
      ...(remaining !== undefined && { Remaining: remaining }),
      ...{ DataKeysFailed: dataKeysFailed, LeftoversFound: leftoversFound, RunRefused: 0 },
      DataKeysTooOld: dataKeysTooOld,
    });
  }

  refused(of: JobAndMode): void {
    this.#tell(of, { RunFailed: 1, RunRefused: 1 });
  }

  watched(figures: { readonly overdue: number; readonly missed: number }): void {
    this.#tell(undefined, { RunsOverdue: figures.overdue, SchedulesMissed: figures.missed });
  }

  #tell(of: JobAndMode | undefined, figures: Readonly<Record<string, number>>): void {
    if (of !== undefined) this.#metrics.addDimensions({ ...of });
    this.#metrics.addDimensions({ deployment: this.#deployment });
    for (const [name, figure] of Object.entries(figures))
      this.#metrics.addMetric(name, MetricUnit.Count, figure);
    this.#metrics.publishStoredMetrics();
  }
}
