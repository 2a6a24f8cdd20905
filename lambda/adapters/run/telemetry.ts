import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { OutcomeEntry } from '../../core/journal/entries.ts';
import { UNKNOWN_SCHEMA, unknownSchemaWords } from '../../core/model/journal-schema.ts';
import type { DataKeysLine } from '../../core/account/log-lines.ts';
import type { PageLoad, Telemetry } from '../../core/account/ports.ts';

export const METRICS_NAMESPACE = 'KmsRewrap';

/**
 * Logs and metrics over Powertools. Only the fields named here ever reach a log: no ciphertext, no context value,
 * no plaintext can, because none of them is in an outcome entry.
 */
export class PowertoolsTelemetry implements Telemetry {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #job: string;

  constructor({
    service,
    job,
    runId,
  }: {
    readonly service: string;
    readonly job: string;
    readonly runId: string;
  }) {
    this.#logger = new Logger({ serviceName: service, persistentLogAttributes: { runId } });
    this.#metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service });
    this.#job = job;
  }

  dataKey(entry: OutcomeEntry): void {
    const { store, locator, slot, outcome, reason, digest, copied, route } = entry;
    this.#logger.info('data key', {
      store,
      locator,
      slot,
      outcome,
      ...(reason !== undefined && { reason }),
      ...(digest !== undefined && { digest }),
      ...(copied !== undefined && { copied }),
      ...(route !== undefined && { route }),
      ...materials(entry),
    });
  }

  dataKeys(line: DataKeysLine): void {
    const { store, outcome, reason, copied, route, dataKeys, at } = line;
    this.#logger.info('data keys', {
      store,
      outcome,
      ...(reason !== undefined && { reason }),
      ...(copied !== undefined && { copied }),
      ...(route !== undefined && { route }),
      ...materials(line),
      dataKeys,
      at,
    });
  }

  /** The writes of this invocation go one by one from here. */
  batchesRefused(store: string, reason: string): void {
    this.#logger.warn('writes are not batched', { store, reason });
  }

  damagedJournal(name: string, reason: string): void {
    this.#logger.warn('damaged journal object', { name, reason });
    this.#metrics.addDimensions({ job: this.#job });
    this.#metrics.addMetric('DamagedJournalObjects', MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }

  unknownJournal(name: string, schema: number): void {
    const reason = `${unknownSchemaWords(schema)}; KMS is asked about what it may prove`;
    this.#logger.warn('journal of another version', { code: UNKNOWN_SCHEMA, name, schema, reason });
  }

  page(store: string, entries: readonly OutcomeEntry[], { kms, capacity }: PageLoad): void {
    this.#metrics.addDimensions({ job: this.#job, store });
    this.#metrics.addMetric('DataKeys', MetricUnit.Count, entries.length);
    this.#metrics.addMetric('KmsRequests', MetricUnit.Count, kms.requests);
    this.#metrics.addMetric('KmsThrottled', MetricUnit.Count, kms.throttled);
    const { read, write } = capacity ?? {};
    if (read !== undefined) this.#metrics.addMetric('ReadUnits', MetricUnit.Count, read.units);
    if (write !== undefined) this.#metrics.addMetric('WriteUnits', MetricUnit.Count, write.units);
    for (const [name, count] of Object.entries(countOutcomes(entries)))
      this.#metrics.addMetric(name, MetricUnit.Count, count);
    this.#metrics.publishStoredMetrics();
  }
}

function materials({ source, destination }: Pick<OutcomeEntry, 'source' | 'destination'>): object {
  return {
    ...(source !== undefined && { sourceKeyArn: source.keyArn, sourceKeyMaterialId: source.keyMaterialId }),
    ...(destination !== undefined && {
      destinationKeyArn: destination.keyArn,
      destinationKeyMaterialId: destination.keyMaterialId,
    }),
  };
}

/** `rewrapped` → `Rewrapped`, `already-current` → `AlreadyCurrent`: the outcomes as metric names. */
function countOutcomes(entries: readonly OutcomeEntry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome } of entries) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).map(([outcome, count]) => [metricName(outcome), count]));
}

function metricName(outcome: string): string {
  return outcome.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
