import * as z from 'zod/mini';
import type { Problem } from '../model/problem.ts';
import { oneOf, strictObject, text, wholeNumber } from '../schema/strict-object.ts';
import { DEFAULT_DEPLOYMENT, type DeploymentSettings } from './deployed-settings.ts';
import { profileProblems, withProfile } from './hardened-profile.ts';
import { problemOf } from './parse-job.ts';
import { once } from '../schema/once.ts';
import { described } from '../schema/described.ts';

/** How far DynamoDB's point-in-time recovery reaches back. A restored table holds old data keys. */
const MIN_RETENTION_DAYS = 35;
/** 100 years. */
const MAX_RETENTION_DAYS = 36_500;

const retention = once(() => wholeNumber(MIN_RETENTION_DAYS, MAX_RETENTION_DAYS, 'days'));

const KEY = `is not true, false or the ARN of a key; write true for a key of the deployment's own, or arn:aws:kms:REGION:ACCOUNT:key/ID`;
const keyArn = once(() =>
  z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[^/]+$/, { error: KEY })),
);

/**
 * IAM user guide, ARNs of users and roles. A path or the end of a name may be a wildcard, as roles of IAM Identity Center need
 * it; but something of the name or of its path must be said.
 */
const reader = once(() =>
  z.string({ error: 'is no text' }).check(
    z.regex(/^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/(?=[*/]*[^*/])[\w+=,.@/*-]+$/, {
      error: 'is no ARN of a role or user; write such as arn:aws:iam::111122223333:role/Auditor',
    }),
  ),
);

/** An address that SNS delivers to by itself (SNS API reference, Subscribe). */
const listener = once(() =>
  z.string({ error: 'is no text' }).check(
    z.regex(
      /^(?:[^\s@:/]+@[^\s/:@][^\s./:@]*\.[^\s/:@]+|https:\/\/[^\s/]+(?:\/\S*)?|arn:aws[a-z-]*:(?:sqs|lambda):[a-z0-9-]+:\d{12}:\S+)$/,
      {
        error:
          'is no e-mail address, no https address and no ARN of a queue or function; write such as security@example.com',
      },
    ),
  ),
);

const takenOver = once(() =>
  strictObject(
    {
      journalBucket: z.optional(text('the name of a bucket')),
      runBucket: z.optional(text('the name of a bucket')),
      ledgerTable: z.optional(text('the name of a table')),
    },
    'what is taken over in a Region',
  ),
);

const settingsSchema = strictObject(
  {
    $schema: described(z.optional(z.string()), 'The JSON Schema of this file, for editors.'),
    name: described(
      z._default(
        text('a name for the deployment').check(
          z.regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, {
            error: 'is no name of a stack; write 1 to 40 of A-Z, a-z, 0-9 and -, starting with a letter',
          }),
        ),
        DEFAULT_DEPLOYMENT,
      ),
      'Names the stacks. To have several deployments in one account and Region, give each its own.',
    ),
    profile: described(
      z.optional(oneOf(['hardened'])),
      'With hardened, customerManagedKey is true where it is left out, and journalObjectLock is governance where journalRetentionDays is given. Plaintext routes are refused.',
    ),
    jobs: described(
      z._default(text('a folder of job files'), 'jobs'),
      'The folder of job files, or one job file, seen from the folder of this file.',
    ),
    allowPlaintextRoute: described(
      z._default(flag(), false),
      'Whether jobs may take the route decrypt-encrypt, which takes data keys out of KMS.',
    ),
    journalRetentionDays: described(
      z.optional(retention()),
      'After so many days the journal of a run goes: at least as long as your longest backup is kept. It is kept for good where this is left out.',
    ),
    journalObjectLock: described(
      z.optional(oneOf(['governance', 'compliance'])),
      'S3 Object Lock of the journal, for as long as it is kept. With compliance nobody may delete from it, not even the root user. Needs journalRetentionDays.',
    ),
    workerTimeoutSeconds: described(
      z._default(wholeNumber(1, 900, 'seconds'), 900),
      'The longest that one invocation of a worker takes. A run makes as many as it needs.',
    ),
    schedules: described(z._default(flag(), true), 'Whether schedules of jobs may start runs.'),
    notify: described(
      z._default(z.array(listener(), { error: 'is no list; write e-mail addresses, or ARNs of queues' }), []),
      'Whom alarms tell: e-mail addresses, https addresses, ARNs of SQS queues and of Lambda functions. An e-mail address has to confirm that.',
    ),
    dashboard: described(
      z._default(flag(), true),
      'Whether CloudWatch gets a dashboard. The first three of an account cost nothing.',
    ),
    tracing: described(
      z._default(flag(), false),
      'Whether state machine and functions send traces to X-Ray: some $5 for a million that it samples, and two actions on every resource for each function.',
    ),
    customerManagedKey: described(
      z._default(z.union([flag(), keyArn()], { error: KEY }), false),
      'Encrypts journal, run bucket, ledger and logs: true for a key that the stack makes, or the ARN of a key in its Region. Once set, it must stay.',
    ),
    evidence: described(
      z._default(flag(), false),
      'Whether a key of the stack signs the evidence of each run: report, journal and bill of keys. It costs a dollar a month.',
    ),
    journalReaders: described(
      z._default(z.array(reader(), { error: 'is no list; write ARNs of roles and users' }), []),
      'Roles and users that may read old data keys in the journal, besides RollbackUnit.',
    ),
    takeOver: described(
      z.optional(z.record(text('a Region'), takenOver())),
      'Buckets and ledger of an earlier deployment, by Region. What is not named is made anew.',
    ),
    managedPoliciesPerRole: described(
      z._default(wholeNumber(10, 25, 'managed policies'), 10),
      'How many managed policies a role may have, if Service Quotas has raised it from 10.',
    ),
  },
  'the settings of a deployment',
);

function flag(): z.ZodMiniBoolean {
  return z.boolean({ error: 'is not true or false' });
}

export type ParsedSettings =
  | { readonly kind: 'settings'; readonly settings: DeploymentSettings }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Validates the settings of a deployment, strictly and completely. */
export function parseSettings(written: unknown): ParsedSettings {
  const contradictions = profileProblems(written);
  if (contradictions.length > 0) return { kind: 'refused', problems: contradictions };
  const input = withProfile(written);
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => ({
      ...problemOf(issue, input),
      ...(issue.path.length === 0 && { path: 'settings' }),
    }));
    return { kind: 'refused', problems };
  }
  const { $schema: _, ...fields } = parsed.data;
  if (fields.journalObjectLock !== undefined && fields.journalRetentionDays === undefined)
    return { kind: 'refused', problems: [LOCK_WITHOUT_DAYS] };
  return { kind: 'settings', settings: fields as DeploymentSettings };
}

const LOCK_WITHOUT_DAYS: Problem = {
  path: 'journalRetentionDays',
  words: 'is missing; add how many days nobody may delete from the journal, as journalObjectLock asks',
};

/** The JSON Schema of the file, for editors: what may be written, with defaults left out. */
export function settingsJsonSchema(): object {
  return { title: 'kms-rewrap deployment', ...z.toJSONSchema(settingsSchema, { io: 'input' }) };
}
