/**
 * US dollars in us-east-1, as the services' pages "Pricing" have them. Prices of other Regions differ and are not looked up: twice
 * these are reckoned with. No free tier is counted on.
 */
export const PRICES = {
  keyMonth: 1,
  kmsRequest: 0.03 / 10_000,
  s3Write: 0.005 / 1_000,
  s3Read: 0.0004 / 1_000,
  dynamodbWrite: 0.625 / 1_000_000,
  dynamodbRead: 0.125 / 1_000_000,
  transition: 0.025 / 1_000,
  invocation: 0.2 / 1_000_000,
  gigabyteSecond: 0.0000166667,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  logGigabyte: 0.5,
} as const;

export const HOURS_OF_MONTH = 730;
export const REGION_FACTOR = 2;
