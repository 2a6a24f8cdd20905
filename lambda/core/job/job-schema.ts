import * as z from 'zod';
import type { FormatRegistry } from '../model/format.ts';
import { MAX_KMS_REQUESTS_PER_SECOND } from '../model/job.ts';
import { ENCRYPTION_ALGORITHMS } from '../model/key-use.ts';
import { ROUTE_TYPES } from '../model/route.ts';
import { KEY_CURE, keyReference } from '../schema/key-reference.ts';
import { ALL_ROUTES } from '../routes/registry.ts';
import { storeSchema } from './store-schema.ts';
import { oneOf, strictObject, text, wholeNumber } from '../schema/strict-object.ts';

/** Lambda's default concurrency of an account. */
export const MAX_CONCURRENCY = 1_000;

const encryptionAlgorithm = oneOf(ENCRYPTION_ALGORITHMS)
  .default('SYMMETRIC_DEFAULT')
  .describe('SYMMETRIC_DEFAULT for symmetric keys; one of the others for an asymmetric key.');

const fingerprints = z
  .boolean({ error: 'is not true or false' })
  .default(false)
  .describe('Compare every record after a migration with what it was before, beside its data key.');

const sourceKey = z
  .union([keyReference, strictObject({ key: keyReference, encryptionAlgorithm }, 'a source key')], {
    error: ({ input }) =>
      typeof input === 'object'
        ? `is no source key; write an ARN, or an object with the fields key (an ARN) and encryptionAlgorithm (${ENCRYPTION_ALGORITHMS.join(', ')})`
        : `is no KMS key ARN or alias ARN; ${KEY_CURE}`,
  })
  .transform(use =>
    typeof use === 'string' ? { key: use, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const } : use,
  );

const destination = strictObject(
  {
    key: keyReference,
    encryptionAlgorithm,
    dataKeyBytes: wholeNumber(1, 4096, 'bytes')
      .default(32)
      .describe('Length of the longest data key in plaintext: what an RSA destination must be able to hold.'),
  },
  'the destination',
);

const route = strictObject(
  {
    type: oneOf([...ROUTE_TYPES, 'auto'])
      .default('auto')
      .describe('How a data key gets from source to destination; auto takes the safest that works.'),
    ...Object.assign({}, ...ALL_ROUTES.map(({ fields }) => fields)),
  },
  'a route',
);

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

const schemas = new WeakMap<FormatRegistry, z.ZodObject>();

/** The schema of a job file: one source for validation, the committed JSON Schema and the job reference. */
export function jobSchema(formats: FormatRegistry): z.ZodObject {
  // Made once for a registry: to make it, and to compile it at its first job, takes eight times as long as a job.
  const schema = schemas.get(formats) ?? makeJobSchema(formats);
  schemas.set(formats, schema);
  return schema;
}

function makeJobSchema(formats: FormatRegistry): z.ZodObject {
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
            .array(sourceKey, { error: 'is missing or no list; write at least one key ARN' })
            .min(1, { error: `is empty; ${KEY_CURE}` }),
        },
        'the source',
      ).describe('The allow-list: data keys under any other key are left untouched.'),
      destination,
      route: route.default({ type: 'auto' }),
      stores: z
        .array(storeSchema(formats), { error: 'is missing or no list; write at least one store' })
        .min(1, { error: 'is empty; write at least one store' }),
      limits: limits.default({
        kmsRequestsPerSecond: 500,
        maxConcurrency: 16,
        toleratedFailurePercentage: 0,
      }),
      fingerprints,
      verify: oneOf(['full', 'off'])
        .default('full')
        .describe('full asks KMS about every data key again after a migration.'),
      schedule: schedule.optional(),
    },
    'a job',
  );
}
