import type { Counts } from './meter.ts';
import { HOURS_OF_MONTH, PRICES, REGION_FACTOR } from './prices.ts';

/** The most that a run makes and asks for. Tests hold what it does on the embedded AWS to these bounds. */
export interface Bounds {
  /** Keys and replicas. A key that is scheduled for deletion costs nothing. */
  readonly keys: number;
  /** How long a run lasts at most, its removal included. */
  readonly hours: number;
  /** Requests of this process. */
  readonly requests: Counts;
  /** What the CDK CLI, the command line and the functions of the product ask for besides. */
  readonly product: {
    readonly kms: number;
    readonly s3Writes: number;
    readonly s3Reads: number;
    readonly dynamodbUnits: number;
    readonly transitions: number;
    readonly invocations: number;
    readonly gigabyteSeconds: number;
    readonly alarms: number;
    readonly metrics: number;
    readonly logGigabytes: number;
  };
}

interface CostLine {
  readonly what: string;
  /** How the dollars come about. */
  readonly arithmetic: string;
  readonly dollars: number;
}

export interface Reckoning {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  /** What a run that is killed costs for each month in which nobody cleans it. */
  readonly ifForgottenMonthly: number;
}

/** The worst cost of a run, before anything is made. */
export function reckon({ keys, hours, requests, product }: Bounds): Reckoning {
  const month = hours / HOURS_OF_MONTH;
  const line = (what: string, quantity: number, price: number): CostLine => ({
    what,
    arithmetic: `${round(quantity)} × $${significant(price)} × ${REGION_FACTOR}`,
    dollars: quantity * price * REGION_FACTOR,
  });
  const lines = [
    line('KMS keys, in key-months', keys * month, PRICES.keyMonth),
    line('KMS requests', requests.kms + product.kms, PRICES.kmsRequest),
    line('S3 PUT, COPY, POST, LIST', requests['s3 writes'] + product.s3Writes, PRICES.s3Write),
    line('S3 GET, HEAD', requests['s3 reads'] + product.s3Reads, PRICES.s3Read),
    // The price of writes, which is the higher one.
    line('DynamoDB requests, as writes', requests.dynamodb + product.dynamodbUnits, PRICES.dynamodbWrite),
    line('Step Functions transitions', product.transitions, PRICES.transition),
    line('Lambda invocations', product.invocations, PRICES.invocation),
    line('Lambda GB-seconds', product.gigabyteSeconds, PRICES.gigabyteSecond),
    line('CloudWatch alarms, in alarm-months', product.alarms * month, PRICES.alarmMonth),
    line('CloudWatch metrics, in metric-months', product.metrics * month, PRICES.metricMonth),
    line('CloudWatch Logs, in GB', product.logGigabytes, PRICES.logGigabyte),
  ];
  return {
    lines,
    dollars: lines.reduce((sum, { dollars }) => sum + dollars, 0),
    ifForgottenMonthly: (keys * PRICES.keyMonth + product.alarms * PRICES.alarmMonth) * REGION_FACTOR,
  };
}

/** What the counted requests have cost so far. */
export function spent(counts: Counts): number {
  return (
    REGION_FACTOR *
    (counts.kms * PRICES.kmsRequest +
      counts['s3 writes'] * PRICES.s3Write +
      counts['s3 reads'] * PRICES.s3Read +
      counts.dynamodb * PRICES.dynamodbWrite)
  );
}

export function reckoningText({ lines, dollars, ifForgottenMonthly }: Reckoning): string {
  return [
    'The worst that this costs:',
    ...lines.map(one => `  $${one.dollars.toFixed(4)}  ${one.what}: ${one.arithmetic}`),
    `  $${dollars.toFixed(4)}  together`,
    `A run that is killed and never cleaned costs $${ifForgottenMonthly.toFixed(2)} a month: --clean ID.`,
  ].join('\n');
}

function round(quantity: number): string {
  return String(Number(quantity.toFixed(3)));
}

function significant(price: number): string {
  return String(Number(price.toPrecision(3)));
}
