import * as z from 'zod';
import { parseKeyReference } from '../model/arn.ts';
import type { FormatDefinition, FormatRegistry } from '../model/format.ts';
import { oneOf, strictObject, text, wholeNumber } from './strict-object.ts';

/** Bounds with their reason: KMS's largest default quota per Region, and Lambda's default account concurrency. */
export const MAX_KMS_REQUESTS_PER_SECOND = 100_000;
export const MAX_CONCURRENCY = 1_000;

const KEY_CURE = 'write arn:aws:kms:REGION:ACCOUNT:key/ID or arn:aws:kms:REGION:ACCOUNT:alias/NAME';

const keyReference = text('the ARN of a KMS key').refine(value => parseKeyReference(value) !== undefined, {
  error: `is no KMS key ARN or alias ARN; ${KEY_CURE}`,
});

const limits = strictObject(
  {
    kmsRequestsPerSecond: wholeNumber(1, MAX_KMS_REQUESTS_PER_SECOND, 'requests per second')
      .default(500)
      .describe(
        'ReEncrypt requests per second of the whole fleet, retries included. Default 500: 5 % of the smallest Regional quota.',
      ),
    maxConcurrency: wholeNumber(1, MAX_CONCURRENCY, 'workers').default(16).describe('Workers at one time.'),
    toleratedFailurePercentage: wholeNumber(0, 100, 'percent')
      .default(0)
      .describe('Percentage of units that may fail before the run stops.'),
  },
  'limits',
);

const schedule = strictObject(
  {
    expression: text('a schedule such as rate(90 days)')
      .regex(/^(rate|cron|at)\(.+\)$/, {
        error: 'is no EventBridge Scheduler expression; write rate(90 days) or cron(0 3 ? * SUN *)',
      })
      .describe('EventBridge Scheduler expression, UTC.'),
    mode: oneOf(['migrate', 'census']).default('migrate').describe('What a scheduled run does.'),
  },
  'a schedule',
);

const JOB_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The schema of a job file: one source for validation, the committed JSON Schema and the job reference. */
export function jobSchema(formats: FormatRegistry): z.ZodObject {
  return strictObject(
    {
      $schema: z.string().optional().describe('The JSON Schema of this file, for editors.'),
      name: text('a name for the job')
        .regex(JOB_NAME, {
          error: 'is no job name; write 1 to 40 of a-z, 0-9 and -, starting with a letter or digit',
        })
        .describe('Names the job in runs, reports and metrics.'),
      source: strictObject(
        {
          keys: z
            .array(keyReference, { error: 'is missing or no list; write at least one key ARN' })
            .min(1, { error: `is empty; ${KEY_CURE}` }),
        },
        'the source',
      ).describe('The allow-list: data keys under any other key are left untouched.'),
      destination: strictObject({ key: keyReference }, 'the destination'),
      route: strictObject({ type: oneOf(['direct']) }, 'a route').default({ type: 'direct' }),
      stores: z
        .array(store(formats), { error: 'is missing or no list; write at least one store' })
        .min(1, { error: 'is empty; write at least one store' }),
      limits: limits.default({
        kmsRequestsPerSecond: 500,
        maxConcurrency: 16,
        toleratedFailurePercentage: 0,
      }),
      verify: oneOf(['full', 'off'])
        .default('full')
        .describe('full asks KMS about every data key again after a migration.'),
      schedule: schedule.optional(),
    },
    'a job',
  );
}

function store(formats: FormatRegistry) {
  const of = (type: FormatDefinition['store']) =>
    formatOf([...formats.values()].filter(format => format.store === type));
  const serverSideEncryptionKey = keyReference
    .optional()
    .describe(
      "The customer managed key of the store's own server-side encryption; granted through that service only.",
    );
  const dynamodb = strictObject(
    { type: z.literal('dynamodb'), table: tableName, format: of('dynamodb'), serverSideEncryptionKey },
    'a DynamoDB store',
  );
  const s3 = strictObject(
    {
      type: z.literal('s3'),
      bucket: bucketName,
      prefix: z
        .string({ error: 'is not a text; write a key prefix or leave it out' })
        .default('')
        .describe('Only keys that start with this.'),
      format: of('s3'),
      serverSideEncryptionKey,
    },
    'an S3 store',
  );
  return z.discriminatedUnion('type', [dynamodb, s3], {
    error: 'is no store; write "type": "dynamodb" or "type": "s3"',
  });
}

function formatOf(definitions: readonly FormatDefinition[]) {
  const [first, ...others] = definitions.map(({ configSchema }) => configSchema);
  if (first === undefined) throw new Error('a store type without formats: check the registry');
  const names = definitions.map(({ name }) => `"${name}"`).join(' or ');
  return z.discriminatedUnion('type', [first, ...others], {
    error: `is no format of this kind of store; write "type": ${names}`,
  });
}

// DynamoDB API reference, TableName: 3 to 255 of these. S3 user guide, bucket naming rules.
const tableName = text('the name of a table').regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
  error: 'is no table name; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
});
const bucketName = text('the name of a bucket').regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'is no bucket name; write 3 to 63 of a-z, 0-9, - and .',
});
