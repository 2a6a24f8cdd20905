import * as z from 'zod/mini';
import type { FormatRegistry } from '../model/format.ts';
import { MAX_CAPACITY_PER_SECOND, MAX_KMS_REQUESTS_PER_SECOND } from '../model/job.ts';
import { ENCRYPTION_ALGORITHMS } from '../model/key-use.ts';
import { ROUTE_TYPES } from '../model/route.ts';
import { KEY_CURE, keyReference } from '../schema/key-reference.ts';
import { ALL_ROUTES } from '../routes/registry.ts';
import { followSchema } from './follow-schema.ts';
import { storeSchema } from './store-schema.ts';
import { oneOf, refusedBy, strictObject, text, wholeNumber } from '../schema/strict-object.ts';
import { scheduleProblem, timeZoneProblem } from './schedule-expression.ts';
import { once } from '../schema/once.ts';
import { described } from '../schema/described.ts';

/**
 * Twice Lambda's default concurrency of an account, which can be raised: 100,000 requests a second take so many workers, because
 * none asks KMS while it writes (decision 70).
 */
export const MAX_CONCURRENCY = 2_000;

const encryptionAlgorithm = once(() =>
  described(
    z._default(oneOf(ENCRYPTION_ALGORITHMS), 'SYMMETRIC_DEFAULT'),
    'SYMMETRIC_DEFAULT for a symmetric key, one of RSAES_OAEP_… for an RSA key, SM2PKE for an SM2 key.',
  ),
);

const log = once(() =>
  described(
    z._default(oneOf(['page', 'each']), 'page'),
    'With page, a line of the log names all data keys of a page that have the same outcome and key materials; what is not as it should be has a line of its own. With each, every data key has one, for some 700 bytes each.',
  ),
);

const JOB_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

const name = once(() =>
  described(
    text('a name for the job').check(
      z.regex(JOB_NAME, {
        error: 'is no job name; write 1 to 40 of a-z, 0-9 and -, starting with a letter or digit',
      }),
    ),
    'Names the job in runs, reports and metrics.',
  ),
);

const fingerprints = once(() =>
  described(
    z._default(z.boolean({ error: 'is not true or false' }), false),
    'The verify pass compares every record, apart from its data key, with what the migrate pass read, and names those that differ: somebody else has written to them since. Needs verify "full"; not for stores with copyTo.',
  ),
);

const sourceKey = once(() =>
  z.pipe(
    z.union(
      [
        keyReference(),
        strictObject(
          {
            key: described(keyReference(), 'The ARN or alias ARN of the key.'),
            encryptionAlgorithm: encryptionAlgorithm(),
          },
          'a source key',
        ),
      ],
      {
        error: ({ input }) =>
          typeof input === 'object'
            ? `is no source key; write an ARN, or an object with the fields key (an ARN) and encryptionAlgorithm (${ENCRYPTION_ALGORITHMS.join(', ')})`
            : `is no KMS key ARN or alias ARN; ${KEY_CURE}`,
      },
    ),
    z.transform(use =>
      typeof use === 'string' ? { key: use, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const } : use,
    ),
  ),
);

const source = once(() =>
  described(
    strictObject(
      {
        keys: described(
          z
            .array(sourceKey(), { error: 'is missing or no list; write at least one key ARN' })
            .check(z.minLength(1, { error: `is empty; ${KEY_CURE}` })),
          'ARNs or alias ARNs of keys in one Region.',
        ),
      },
      'the source',
    ),
    'The allow-list: a data key under any other key is left alone and counted as foreign-key.',
  ),
);

const destination = once(() =>
  described(
    strictObject(
      {
        key: described(
          keyReference(),
          'The ARN or alias ARN of the key to move to. It may be one of the source keys: data keys then move to its current key material, or to another encryption context.',
        ),
        encryptionAlgorithm: encryptionAlgorithm(),
        dataKeyBytes: described(
          z._default(wholeNumber(1, 4096, 'bytes'), 32),
          'Length in bytes of the longest data key in plaintext. An RSA destination must be able to hold it.',
        ),
      },
      'the destination',
    ),
    'The key that data keys move to.',
  ),
);

const route = once(() =>
  described(
    strictObject(
      {
        type: described(
          z._default(oneOf([...ROUTE_TYPES, 'auto']), 'auto'),
          'How a data key gets from the source key to the destination key. With auto, Plan takes the safest route that works.',
        ),
        ...Object.assign({}, ...ALL_ROUTES.map(({ fields }) => fields)),
      },
      'a route',
    ),
    'The KMS calls that take a data key to the destination.',
  ),
);

const limits = once(() =>
  described(
    strictObject(
      {
        kmsRequestsPerSecond: described(
          z._default(wholeNumber(1, MAX_KMS_REQUESTS_PER_SECOND, 'requests per second'), 500),
          'KMS requests per second of all workers together, both hops of a bridge and retries included. The default is 5 % of the smallest Regional quota.',
        ),
        maxConcurrency: described(
          z._default(wholeNumber(1, MAX_CONCURRENCY, 'workers'), 16),
          'How many workers may run at one time.',
        ),
        toleratedFailurePercentage: described(
          z._default(wholeNumber(0, 100, 'percent'), 0),
          'Percentage of units that may fail. If more fail, the run stops.',
        ),
        writeCapacityPerSecond: described(
          z.optional(wholeNumber(1, MAX_CAPACITY_PER_SECOND, 'write units per second')),
          'Write capacity units per second of all workers together, for each table of the job. Without it, a run takes what the table gives, and slows down when it is throttled. A write takes a unit for each KB of its whole item.',
        ),
        readCapacityPerSecond: described(
          z.optional(wholeNumber(1, MAX_CAPACITY_PER_SECOND, 'read units per second')),
          'The same for read capacity units. A read takes half a unit for each 4 KB, and a strongly consistent one a whole unit. Without it, a verify pass takes a quarter of what the table is provisioned for or, on demand, of its maximum or warm throughput.',
        ),
      },
      'limits',
    ),
    'How much a run may ask of KMS, of tables and of Lambda, and how many failures it bears.',
  ),
);

const schedule = once(() =>
  strictObject(
    {
      expression: described(
        text('a schedule such as rate(90 days)').check(refusedBy(scheduleProblem)),
        'A rate or cron expression of EventBridge Scheduler. A rate is the least distance between the beginnings of two runs of this job in this mode.',
      ),
      timeZone: described(
        z._default(text('a time zone such as Europe/Berlin').check(refusedBy(timeZoneProblem)), 'UTC'),
        'The time zone, by its IANA name, in which a cron expression is read.',
      ),
      mode: described(
        z._default(oneOf(['migrate', 'census', 'verify']), 'migrate'),
        'What a scheduled run does.',
      ),
      starts: described(
        z._default(oneOf(['after-migration', 'at-once', 'never']), 'after-migration'),
        'With after-migration, the schedule does nothing until a census and a migration of this job, as it is written, have come to their end. With at-once it does not wait for them. With never it is switched off.',
      ),
    },
    'a schedule',
  ),
);

/** One, or a list of several. */
const schedules = once(() =>
  described(
    z.union([z.array(schedule()).check(z.minLength(1, { error: 'is empty; leave it out' })), schedule()], {
      // For an object or a list, the problems inside it say more.
      error: ({ input }) =>
        typeof input === 'object' && input !== null
          ? undefined
          : 'is no schedule; write an object, or a list of such objects of different modes',
    }),
    'When runs of this job start by themselves: a schedule, or a list of one for each mode, such as a migration each year and a verification each month. Deploying it starts nothing.',
  ),
);

const verify = once(() =>
  described(
    z._default(oneOf(['full', 'ask-all', 'off']), 'full'),
    'With full, every record is read again after a migration, and KMS is asked about every data key that the journal does not prove, and about a sample of the others. With ask-all, KMS is asked about every one, and no run rests on the journal of an earlier one. With off there is no such pass, and what remains is not known.',
  ),
);

const schemas = new WeakMap<FormatRegistry, z.ZodMiniObject>();

/** The schema of a job file: one source for validation, the committed JSON Schema and the job reference. */
export function jobSchema(formats: FormatRegistry): z.ZodMiniObject {
  // Made once per registry: building and compiling it takes eight times as long as validating a job.
  const schema = schemas.get(formats) ?? makeJobSchema(formats);
  schemas.set(formats, schema);
  return schema;
}

function makeJobSchema(formats: FormatRegistry): z.ZodMiniObject {
  return strictObject(
    {
      $schema: described(z.optional(z.string()), 'The JSON Schema of this file, for editors.'),
      name: name(),
      source: source(),
      destination: destination(),
      route: z._default(route(), { type: 'auto' }),
      stores: described(
        z
          .array(storeSchema(formats), { error: 'is missing or no list; write at least one store' })
          .check(z.minLength(1, { error: 'is empty; write at least one store' })),
        'Where the data keys are.',
      ),
      limits: z._default(limits(), {
        kmsRequestsPerSecond: 500,
        maxConcurrency: 16,
        toleratedFailurePercentage: 0,
      }),
      fingerprints: fingerprints(),
      verify: verify(),
      log: log(),
      schedule: z.optional(schedules()),
      follow: z.optional(followSchema()),
    },
    'a job',
  );
}
