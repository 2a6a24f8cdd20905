import { randomUUID } from 'node:crypto';

/** What a mapping has to know of a record; the function gets the whole of it. */
export interface SourceRecord {
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly ApproximateCreationDateTime: number };
}

/**
 * How many records of a batch a function has taken that reports failures of items: those before the lowest sequence number that it
 * names. An answer that names none in the batch is a failure of all (Lambda developer guide, partial batch responses).
 */
export function failedFrom(payload: unknown, batch: readonly SourceRecord[]): number {
  const { batchItemFailures } = (payload ?? {}) as { readonly batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return batch.length;
  if (!Array.isArray(batchItemFailures)) return 0;
  if (batchItemFailures.length === 0) return batch.length;
  const positions = (batchItemFailures as readonly { readonly itemIdentifier?: unknown }[]).map(failure =>
    batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure.itemIdentifier),
  );
  return Math.max(0, Math.min(...positions));
}

export interface DiscardedBatch {
  readonly functionArn: string;
  readonly batch: readonly SourceRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'MaximumRecordAgeExceeded';
  readonly invoked: number;
  /** `null` if the function answered, and named records; nothing if there was no answer. */
  readonly functionError?: 'Unhandled' | null | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What an on-failure destination is told of a batch: where it lies in the stream, and none of its records. */
export function discarded(given: DiscardedBatch): string {
  const { functionArn, batch, condition, invoked, functionError, at } = given;
  const [first, last] = [batch[0], batch.at(-1)];
  const arrival = (record: SourceRecord | undefined): string =>
    `${new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString().slice(0, 19)}Z`;
  return JSON.stringify({
    requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: invoked },
    ...(functionError !== undefined && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
    }),
    version: '1.0',
    timestamp: new Date(at).toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000000000000000000-00000000',
      startSequenceNumber: first?.dynamodb.SequenceNumber,
      endSequenceNumber: last?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: batch.length,
      streamArn: first?.eventSourceARN,
    },
  });
}
