import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import type { RunPlan } from '../../core/model/run-plan.ts';
import type { Report } from '../../core/report/report.ts';
import { EVENT_SOURCE } from '../../core/report/event-source.ts';
import type { RunEvent } from '../../core/report/run-events.ts';
import { runFigures } from '../../core/report/run-figures.ts';
import type { EndedFollow } from '../../core/watch/end-follows.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import { isDenied } from '../aws/errors.ts';
import { withNamedCalls } from '../aws/named-calls.ts';
import { OperationsMetrics } from './operations-metrics.ts';

/** A run that ended before it had a plan. */
export interface RefusedRun {
  readonly runId: string;
  readonly job: string;
  readonly mode: string;
  readonly error: string;
  /** The paragraph of the runbook, if Plan itself has refused. */
  readonly code?: string;
  /** How often Step Functions has tried before to announce it. */
  readonly retries: number;
}

export interface RunEventsOptions {
  /** Which function announces. */
  readonly service: 'plan' | 'report';
  readonly deployment: string;
  readonly config?: ClientConfig;
}

/** Announces runs: events on the default bus, and metrics for alarms. */
export class RunEvents {
  readonly #client: EventBridgeClient;
  readonly #deployment: string;
  readonly #logger: Logger;
  readonly #metrics: OperationsMetrics;

  constructor({ service, deployment, config = {} }: RunEventsOptions) {
    this.#client = withNamedCalls(new EventBridgeClient(config), 'events', config);
    this.#deployment = deployment;
    this.#logger = new Logger({ serviceName: service });
    this.#metrics = new OperationsMetrics({ service, deployment });
  }

  /** The plan is already durable. A notification that cannot be sent is logged and does not fail the run. */
  async started({ runId, job, mode, startedAt, units }: RunPlan): Promise<void> {
    await this.#send(runId, [{ type: 'Run Started', detail: { runId, job, mode, startedAt, units } }]);
  }

  /** The report is already durable. A notification that cannot be sent is logged and does not fail the run. */
  async finished(report: Report, brokenPremise?: string): Promise<void> {
    const { runId, job, mode, state, verdict, remaining, files } = report;
    const of = { runId, job, mode };
    const address = `${files.run}report.json`;
    this.#metrics.finished({ job, mode }, runFigures(report));
    const broken: readonly RunEvent[] =
      brokenPremise === undefined
        ? []
        : [{ type: 'Premise Broken', detail: { ...of, premise: brokenPremise, report: address } }];
    await this.#send(runId, [
      ...broken,
      { type: 'Run Finished', detail: { ...of, state, verdict, remaining, report: address } },
    ]);
  }

  /**
   * A run that Plan refused or could not plan. Nothing else tells of it, so Step Functions tries again if the event was not
   * accepted. To be denied does not pass: it is logged, so that the run fails with the words of its refusal.
   *
   * @throws ServiceUnavailable
   */
  async refused({ retries, ...refused }: RefusedRun): Promise<void> {
    const { runId, job, mode, error } = refused;
    if (retries === 0) this.#metrics.refused({ job, mode });
    const trouble = await this.#send(runId, [
      { type: 'Run Refused', detail: refused },
      {
        type: 'Run Finished',
        detail: { runId, job, mode, state: 'failed', verdict: 'failed', remaining: null, error },
      },
    ]);
    if (trouble === 'not-accepted')
      throw new ServiceUnavailable('events.unavailable', `the event of run ${runId} was not accepted`);
  }

  /** The end is in the ledger already. It is announced once, and `rewrap status` says it for good. */
  async followEnded({ job, runId, quietSince, lookedAt, late }: EndedFollow): Promise<void> {
    const at = (ms: number): string => new Date(ms).toISOString();
    const seen = lookedAt === undefined ? {} : { lookedAt: at(lookedAt) };
    const detail = { job, runId, quietSince: at(quietSince), ...seen, late: { ...late } };
    await this.#send(runId, [{ type: 'Follow Ended', detail }]);
  }

  async #send(runId: string, events: readonly RunEvent[]): Promise<'sent' | 'not-accepted' | 'denied'> {
    const Entries = events.map(({ type, detail }) => ({
      Source: EVENT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify({ ...detail, deployment: this.#deployment }),
    }));
    try {
      const { FailedEntryCount } = await this.#client.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount === 0) return 'sent';
      this.#logger.error('the event of the run was not accepted', { runId });
      return 'not-accepted';
    } catch (error) {
      this.#logger.error('the event of the run could not be sent', { runId, reason: String(error) });
      return isDenied(error) ? 'denied' : 'not-accepted';
    }
  }
}
