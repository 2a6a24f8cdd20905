import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import type { Report } from '../../core/report/report.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import { isDenied } from '../aws/errors.ts';
import { withNamedCalls } from '../aws/named-calls.ts';
import { METRICS_NAMESPACE } from './telemetry.ts';

const EVENT_SOURCE = 'kms-rewrap';
const EVENT_DETAIL_TYPE = 'Run Finished';

/** A run that ended before it had a plan. */
export interface RefusedRun {
  readonly runId: string;
  readonly job: string;
  readonly mode: string;
  readonly error: string;
  /** How often Step Functions has tried before to announce it. */
  readonly retries: number;
}

interface RunEvent {
  readonly runId: string;
  readonly [field: string]: unknown;
}

/** Announces the end of a run: an event on the default bus, and metrics for alarms. */
export class RunEvents {
  readonly #client: EventBridgeClient;
  readonly #logger = new Logger({ serviceName: 'report' });
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'report' });

  constructor(config: ClientConfig = {}) {
    this.#client = withNamedCalls(new EventBridgeClient(config), 'events', config);
  }

  /** The report is already durable. A notification that cannot be sent is logged and does not fail the run. */
  async finished({ runId, job, mode, state, verdict, remaining, files }: Report): Promise<void> {
    this.#metrics.addDimensions({ job, mode });
    this.#metrics.addMetric('RunFailed', MetricUnit.Count, state === 'failed' ? 1 : 0);
    this.#metrics.addMetric('NotProven', MetricUnit.Count, verdict === 'not-proven' ? 1 : 0);
    if (remaining !== null) this.#metrics.addMetric('Remaining', MetricUnit.Count, remaining);
    this.#metrics.publishStoredMetrics();
    await this.#send({ runId, job, mode, state, verdict, remaining, report: `${files.run}report.json` });
  }

  /**
   * A run that Plan refused or could not plan. Nothing else tells of it, so Step Functions tries again if the event was not
   * accepted. To be denied does not pass: it is logged, so that the run fails with the words of its refusal.
   *
   * @throws ServiceUnavailable
   */
  async refused({ retries, ...run }: RefusedRun): Promise<void> {
    const { runId, job, mode, error } = run;
    this.#metrics.addDimensions({ job, mode });
    if (retries === 0) this.#metrics.addMetric('RunFailed', MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
    const trouble = await this.#send({
      ...{ runId, job, mode, state: 'failed', verdict: 'failed', remaining: null },
      error,
    });
    if (trouble === 'not-accepted')
      throw new ServiceUnavailable('events.unavailable', `the event of run ${runId} was not accepted`);
  }

  async #send(detail: RunEvent): Promise<'sent' | 'not-accepted' | 'denied'> {
    const { runId } = detail;
    const entry = { Source: EVENT_SOURCE, DetailType: EVENT_DETAIL_TYPE, Detail: JSON.stringify(detail) };
    try {
      const { FailedEntryCount } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
      if (FailedEntryCount === 0) return 'sent';
      this.#logger.error('the event of the run was not accepted', { runId });
      return 'not-accepted';
    } catch (error) {
      this.#logger.error('the event of the run could not be sent', { runId, reason: String(error) });
      return isDenied(error) ? 'denied' : 'not-accepted';
    }
  }
}
