import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE } from './telemetry.ts';

/** What Plan leaves of a scheduled run whose time has not come: nothing has started, and there is no report. */
export class PlanLog {
  readonly #logger = new Logger({ serviceName: 'plan' });
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'plan' });

  waits(runId: string, words: string): void {
    this.#logger.info('not yet', { runId, words });
    this.#metrics.addMetric('ScheduleWaits', MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }
}
