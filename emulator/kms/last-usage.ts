import type { Operation } from '../protocol/json-protocol.ts';
import type { KeyStore } from './key-store.ts';
import { eventIdOf } from './told-calls.ts';

interface LastUsage {
  readonly operation: string;
  readonly at: number;
  readonly eventId: string;
  readonly requestId: string;
}

/** KMS began to track usage in April 2026. Here no key has any usage from before this process started. */
const TRACKING_SINCE = Date.UTC(2026, 3, 23);

/**
 * Remembers the last successful cryptographic operation of each key. ReEncrypt counts for both of its keys, and each
 * member of a multi-Region key counts for itself. KMS may take an hour to report it; this reports it at once.
 */
export class LastUsages {
  readonly #usages = new Map<string, LastUsage>();

  /** An operation that remembers the keys that its answer names. */
  tracking(name: string, operation: Operation): Operation {
    return async (input, at) => {
      const output = (await operation(input, at)) as Readonly<Record<string, unknown>> | undefined;
      for (const arn of [output?.['KeyId'], output?.['SourceKeyId']])
        if (typeof arn === 'string')
          this.#usages.set(arn, {
            operation: name,
            at: Date.now(),
            eventId: eventIdOf(at),
            requestId: at.requestId,
          });
      return output;
    };
  }

  trackingAll(operations: Readonly<Record<string, Operation>>): Readonly<Record<string, Operation>> {
    return Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, this.tracking(name, operation)]),
    );
  }

  operations(store: KeyStore): Readonly<Record<string, Operation>> {
    return {
      GetKeyLastUsage: (input, at) => {
        const { arn, keyId, createdAt } = store.resolve(input['KeyId'], at);
        const usage = this.#usages.get(arn);
        return {
          KeyId: keyId,
          KeyLastUsage:
            usage === undefined
              ? {}
              : {
                  Operation: usage.operation,
                  Timestamp: usage.at / 1000,
                  CloudTrailEventId: usage.eventId,
                  KmsRequestId: usage.requestId,
                },
          TrackingStartDate: TRACKING_SINCE / 1000,
          KeyCreationDate: createdAt / 1000,
        };
      },
    };
  }
}
