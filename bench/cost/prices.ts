/**
 * US dollars in us-east-1, on demand, without free tiers, as AWS published them in November 2026. The only place with prices
 * in the bench. Sources: the pricing pages of KMS, DynamoDB (on demand), S3 (Standard), Lambda (arm64), Step Functions
 * (Standard workflows), CloudWatch and EventBridge.
 */
export const PRICES = {
  date: '2026-11',
  kmsRequest: 0.03 / 10_000,
  dynamoReadUnit: 0.125 / 1_000_000,
  dynamoWriteUnit: 0.625 / 1_000_000,
  s3Write: 0.005 / 1_000,
  s3Read: 0.0004 / 1_000,
  s3GigabyteMonth: 0.023,
  lambdaInvocation: 0.2 / 1_000_000,
  lambdaGigabyteSecond: 0.0000133334,
  transition: 0.025 / 1_000,
  logGigabyte: 0.5,
  /** A month of a custom metric is $0.30, billed by the hour: 730 of them. */
  metricHour: 0.3 / 730,
  event: 1 / 1_000_000,
} as const;

const GB = 1_000_000_000;
/** Lambda gives a whole CPU at 1,769 MB, and less memory gets its part of it. */
export const MB_OF_ONE_CPU = 1_769;

/**
 * What the calls alone cost for a million data keys in one pass: a ReEncrypt, a write, and a read of each record. An item of
 * up to 1 KB is a write unit, and an eventually consistent scan reads 8 KB with a unit. An object is a COPY and a HEAD, and
 * a listing names 1,000.
 */
export const FLOOR = {
  table:
    1_000_000 * (PRICES.kmsRequest + PRICES.dynamoWriteUnit) +
    (1_000_000 * 1_000 * PRICES.dynamoReadUnit) / 4_096 / 2,
  bucket:
    1_000_000 * (PRICES.kmsRequest + PRICES.s3Write + PRICES.s3Read) + (1_000_000 / 1_000) * PRICES.s3Write,
} as const;

export const gigabytes = (bytes: number): number => bytes / GB;
