import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { FollowTelemetry } from '../../core/follow/ports.ts';
import type { OutcomeEntry } from '../../core/journal/entries.ts';
import { METRICS_NAMESPACE, PowertoolsTelemetry } from './telemetry.ts';

const SERVICE = 'follow';

/** What a follower tells: a line for each data key that is not as it was, and how many were late, under which key. */
export class FollowerLog implements FollowTelemetry {
  readonly #logger = new Logger({ serviceName: SERVICE });
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE });
  readonly #lines: PowertoolsTelemetry;
  readonly #job: string;

  constructor(job: string, id: string) {
    this.#job = job;
    this.#lines = new PowertoolsTelemetry({ service: SERVICE, job, runId: id });
  }

  dataKey(entry: OutcomeEntry): void {
    this.#lines.dataKey(entry);
  }

  batchesRefused(store: string, why: string): void {
    this.#lines.batchesRefused(store, why);
  }

  late(store: string, sourceKeyArn: string, dataKeys: number): void {
    this.#metrics.addDimensions({ job: this.#job, store, sourceKey: sourceKeyArn });
    this.#metrics.addMetric('LateWrites', MetricUnit.Count, dataKeys);
    this.#metrics.publishStoredMetrics();
  }

  idle(why: string): void {
    this.#logger.info('nothing is followed now', { job: this.#job, why });
  }

  failed(items: number, why: string): void {
    this.#logger.warn('a batch is to be handed over again', { job: this.#job, items, why });
  }
}

/** A batch that could not be looked at, beside others that could. */
export function tellFailedBatch(job: string, objects: number, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  new Logger({ serviceName: SERVICE }).error('a batch has failed, and is to be handed over again', {
    ...{ job, objects, error: name, why: message },
  });
}

/** Messages that do not tell of an object: nobody but the rules may send any. */
export function tellUnreadable(messages: number): void {
  new Logger({ serviceName: SERVICE }).error('messages of the queue do not tell of a new object', {
    messages,
  });
}
