import type { MeterReading } from '../../../emulator/meter/reading.ts';
import type { Bounds } from './reckon.ts';

export interface Held {
  readonly what: string;
  readonly counted: number;
  readonly reckoned: number;
}

/** What the meter of the embedded AWS has counted of all that is billed, functions included, beside what was reckoned. */
export function held({ requests, product }: Bounds, reading: MeterReading): readonly Held[] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const buckets = Object.values(reading.s3);
  const functions = Object.values(reading.lambda);
  const kms = reading.requests.filter(({ service }) => service === 'kms').map(one => one.requests);
  const units = Object.values(reading.dynamodb).flatMap(one => [one.readUnits, one.writeUnits]);
  const logged = sum(Object.values(reading.logs).map(({ bytes }) => bytes)) / 1e9;
  const line = (what: string, counted: number, reckoned: number): Held => ({ what, counted, reckoned });
  return [
    line('KMS requests', sum(kms), requests.kms + product.kms),
    line('S3 writes', sum(buckets.map(({ writes }) => writes)), requests['s3 writes'] + product.s3Writes),
    line('S3 reads', sum(buckets.map(({ reads }) => reads)), requests['s3 reads'] + product.s3Reads),
    line('DynamoDB units', sum(units), requests.dynamodb + product.dynamodbUnits),
    line('transitions', reading.stepFunctions.transitions, product.transitions),
    line('invocations', sum(functions.map(one => one.invocations)), product.invocations),
    line('GB-seconds', sum(functions.map(one => one.gigabyteSeconds)), product.gigabyteSeconds),
    line('GB of logs', logged, product.logGigabytes),
    line('metrics', reading.customMetrics, product.metrics),
  ];
}

export function heldText(lines: readonly Held[]): string {
  return [
    'The meter of the embedded AWS, functions included:',
    ...lines.map(
      ({ what, counted, reckoned }) =>
        `  ${what}: ${Number(counted.toPrecision(4))} of ${reckoned} reckoned${counted > reckoned ? ', WHICH IS BEYOND' : ''}`,
    ),
  ].join('\n');
}
