/** What AWS allows, per second unless its name says otherwise, as documented in November 2026. Quotas are the defaults. */
export const LIMITS = {
  /** DynamoDB developer guide, service quotas: write and read request units of one on-demand table. */
  tableWrites: 40_000,
  tableReads: 40_000,
  /** DynamoDB developer guide, partitions: no partition serves more, whatever the table may. */
  partitionWrites: 1_000,
  partitionReads: 3_000,
  /** DynamoDB developer guide, partitions: a partition holds some 10 GB. */
  partitionBytes: 10 * 1024 ** 3,
  /** S3 user guide, performance: for each prefix into which S3 has partitioned a bucket. */
  prefixWrites: 3_500,
  prefixReads: 5_500,
  /** Step Functions developer guide, quotas: children of a distributed map, Standard. */
  childrenStarted: 100,
  /** State transitions of Standard workflows outside the three largest Regions. */
  transitions: 800,
  /** Lambda developer guide, scaling: execution environments that a function gains in ten seconds. */
  environmentsInTenSeconds: 1_000,
  /** Lambda's default for an account; it can be raised. */
  concurrentInvocations: 1_000,
  /** Bounds of Step Functions and Lambda that are not rates. */
  concurrentChildren: 10_000,
  historyEvents: 25_000,
  payloadBytes: 262_144,
  invocationSeconds: 900,
  /** Of one item of DynamoDB. */
  itemBytes: 400 * 1024,
} as const;

/** A function has one vCPU at 1,769 MB, and a part of it below (Lambda developer guide, memory). */
const MEGABYTES_OF_A_CPU = 1_769;
/** lib/functions/pipeline-function.ts */
export const FUNCTION_MEGABYTES = 512;
export const CPU_SHARE = FUNCTION_MEGABYTES / MEGABYTES_OF_A_CPU;
