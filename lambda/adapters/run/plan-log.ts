import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunRefused } from '../../core/model/errors.ts';
import type { UnheardFollow } from '../../core/watch/end-follows.ts';
import type { Watched } from '../../core/watch/watch-jobs.ts';
import { OperationsMetrics } from './operations-metrics.ts';
import { METRICS_NAMESPACE } from './telemetry.ts';

/** What Plan leaves where no run begins, so that there is no report. */
export class PlanLog {
  readonly #logger = new Logger({ serviceName: 'plan' });
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'plan' });
  readonly #operations: OperationsMetrics;

  constructor(deployment: string) {
    this.#operations = new OperationsMetrics({ service: 'plan', deployment });
  }

  /** A scheduled run whose time has not come. */
  waits(runId: string, words: string): void {
    this.#logger.info('not yet', { runId, words });
    this.#metrics.addMetric('ScheduleWaits', MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }

  /** `code` is a paragraph of the runbook. */
  refused(runId: string, { code, message }: RunRefused): void {
    this.#logger.warn('refused', { runId, code, words: message });
  }

  /** A line for each followed table and bucket of whose writes nobody hears. */
  unheard(follows: readonly UnheardFollow[]): void {
    for (const { job, words } of follows) this.#logger.warn('nothing is heard of writes', { job, words });
  }

  /** A line for each run and each schedule that the alarms are about. */
  watched({ overdue, missed }: Watched): void {
    for (const run of overdue) this.#logger.warn('run overdue', { ...run });
    for (const schedule of missed) this.#logger.warn('schedule missed', { ...schedule });
    this.#operations.watched({ overdue: overdue.length, missed: missed.length });
  }
}
