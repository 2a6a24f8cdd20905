import type { Bounds } from './cost/reckon.ts';

/**
 * What a run on the embedded AWS asks for, and some more: AWS takes its time, so it is asked more often whether it is done. `--embedded` holds
 * what its meter counts to these bounds, and a test what this process asks for.
 */
export const QUESTIONS_ALONE: Bounds = {
  keys: 5,
  hours: 2,
  requests: { kms: 1_000, 's3 writes': 300, 's3 reads': 300, dynamodb: 600, others: 2_000 },
  product: {
    ...{ kms: 100, s3Writes: 0, s3Reads: 0, dynamodbUnits: 1_000, transitions: 20 },
    ...{ invocations: 0, gigabyteSeconds: 0, alarms: 0, metrics: 0, logGigabytes: 0 },
  },
};

export const WITH_PRODUCT: Bounds = {
  ...QUESTIONS_ALONE,
  requests: { kms: 2_000, 's3 writes': 600, 's3 reads': 600, dynamodb: 1_000, others: 2_000 },
  product: {
    ...{ kms: 2_000, s3Writes: 2_000, s3Reads: 4_000, dynamodbUnits: 10_000, transitions: 1_000 },
    ...{ invocations: 500, gigabyteSeconds: 2_000, alarms: 20, metrics: 150, logGigabytes: 0.05 },
  },
};
