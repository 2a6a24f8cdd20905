import { App, CfnResource, Duration, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { KmsRewrapStack } from '../../lib/kms-rewrap-stack.ts';
import { deployBridges } from '../../lib/route-keys/bridges.ts';
import { deploySourceReplicas } from '../../lib/route-keys/source-replicas.ts';
import { job, NEW_KEY, OLD_KEY, SCHEDULE, use } from '../support/builders.ts';
import { STREAM } from '../support/follow-world.ts';

const CDK_JSON = fileURLToPath(new URL('../../cdk.json', import.meta.url));

const FOLLOW = { streams: [STREAM], buckets: ['documents'], untilQuietDays: 14 };

/** Accepted findings, each with its reason. Every other finding is a defect. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [
    /^AwsSolutions-S1$/,
    'Access logs need a bucket of the account, not of this service; CloudTrail data events tell more.',
  ],
  [/^AwsSolutions-SF2$/, 'Traces cost, and need a permission on every resource: "tracing" turns them on.'],
  [
    /^AwsSolutions-SQS3$/,
    'They are the dead-letter queues of the schedules and of what is followed, and alarms watch them.',
  ],
  [
    /IAM5\[Resource::<RunBucket.*\.Arn>\/(runs\/)?\*\]$/,
    'Objects of a run have names that nobody knows at synth.',
  ],
  [
    /IAM5\[Resource::<Journal.*\.Arn>\/(intents|outcomes|unproven)\/\*\]$/,
    'Journal objects have names that nobody knows at synth.',
  ],
  [
    /IAM5\[Resource::arn:.*:states:.*execution:.*\]$/,
    'A distributed map starts, describes and stops its own children.',
  ],
  [
    /IAM5\[Resource::arn:aws:kms:[a-z0-9-]+:\d{12}:key\/\*\]$/,
    'A key that is named by its alias is granted under the condition kms:ResourceAliases.',
  ],
  [
    /IAM5\[Resource::\*\]$/,
    'Log delivery and X-Ray of Step Functions, and dynamodb:ListStreams, take no resource.',
  ],
  [/IAM5\[Resource::arn:(aws|<AWS::Partition>):s3:::.*\/\*\]$/, 'Objects under the prefix of a store.'],
];

/** The same for NIST 800-53, revision 5, in a deployment with a key of its own. */
const ACCEPTED_NIST: readonly (readonly [RegExp, string])[] = [
  [
    /-S3BucketLoggingEnabled$/,
    'Access logs need a bucket of the account, not of this service; CloudTrail data events tell more.',
  ],
  [
    /-S3BucketReplicationEnabled$/,
    'A replica of the journal would take old data keys to a place that no reader of it has asked for. The account decides.',
  ],
  [
    /-S3BucketVersioningEnabled$/,
    'Of the run bucket: each run writes under names of its own, and what cannot be made again is in the journal, which is versioned.',
  ],
  [
    /-DynamoDBInBackupPlan$/,
    'The ledger has point-in-time recovery and deletion protection. Backup plans are of the account, and choose by tags.',
  ],
  [
    /-IAMNoInlinePolicy$/,
    'A policy that is part of its role can be attached to no other. Managed policies only take what has no room there.',
  ],
  [
    /-LambdaConcurrency$/,
    "A reservation would take slots from the account's other functions for good. The maps bound how many workers there are.",
  ],
  [
    /-LambdaDLQ$/,
    'Step Functions calls the functions synchronously, retries and catches. Queues are for asynchronous calls.',
  ],
  [
    /-LambdaInsideVPC$/,
    'The functions call APIs of AWS over TLS, of several Regions, listen to nothing, and reach nothing in a VPC.',
  ],
];

interface ValidationReport {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

/** An app as `cdk synth` makes it, including CloudFormation's own rules. Functions are not bundled. */
function validatedApp(): App {
  const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'nag-'));
  return new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir });
}

/** Names of the rules that the synthesis reports as broken. */
function findingsOf(app: App): readonly string[] {
  const report = JSON.parse(
    readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'),
  ) as ValidationReport;
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

describe.each([
  { pack: 'AWS Solutions', checks: AwsSolutionsChecks, accepted: ACCEPTED, props: {} },
  {
    pack: 'NIST 800-53',
    checks: NIST80053R5Checks,
    accepted: ACCEPTED_NIST,
    props: { customerManagedKey: true },
  },
])('the $pack checks', ({ checks, accepted, props }) => {
  it('find only what is accepted with a reason, and all of that', () => {
    const app = validatedApp();
    const stores = [
      ...job().stores,
      {
        type: 's3' as const,
        bucket: 'documents',
        prefix: '',
        format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} },
      },
    ];
    const european = job({
      name: 'european',
      destination: { ...use(NEW_KEY.replace('us-east-1', 'eu-west-1')), dataKeyBytes: 32 },
      route: {
        type: 'auto',
        bridgeKey: 'arn:aws:kms:us-east-1:111122223333:alias/bridge',
        deployBridgeKey: true,
      },
    });
    new KmsRewrapStack(app, 'Stack', {
      ...props,
      jobs: [job({ stores, schedule: SCHEDULE, follow: FOLLOW })],
      env: { region: 'us-east-1', account: '111122223333' },
    });
    new KmsRewrapStack(app, 'European', {
      ...props,
      jobs: [european],
      allowPlaintextRoute: true,
      env: { region: 'eu-west-1', account: '111122223333' },
    });
    deployBridges(app, [european]);
    Validations.of(app).addPlugins(new checks(app));
    // Accepted findings fail the synthesis as well. What counts is the report that it writes.
    expect(() => app.synth()).toThrow();
    const found = findingsOf(app);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(rule => !accepted.some(([pattern]) => pattern.test(rule)))).toEqual([]);
    expect(
      accepted
        .filter(([pattern]) => !found.some(rule => pattern.test(rule)))
        .map(([pattern]) => String(pattern)),
    ).toEqual([]);
  });
});

describe("CloudFormation's own rules", () => {
  const SSE_KEY = 'arn:aws:kms:us-east-1:111122223333:key/99999999-9999-9999-9999-999999999999';
  const PRIMARY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
  const [table] = job().stores;
  const bucket: Store = {
    type: 's3',
    bucket: 'documents',
    prefix: 'a/b/',
    format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} },
  };
  const copyTo = { region: 'eu-west-1', createMissing: true };
  const EUROPEAN = { ...use(NEW_KEY.replace('us-east-1', 'eu-west-1')), dataKeyBytes: 32 };

  /** Together, these jobs ask for every resource, condition and permission that a job can ask for. */
  const here: readonly Job[] = [
    job({ stores: [table!, bucket], schedule: SCHEDULE, follow: FOLLOW }),
    job({
      name: 'encrypted',
      source: { keys: [use(OLD_KEY), use('arn:aws:kms:us-east-1:111122223333:alias/old')] },
      stores: [table!, bucket].map(store => ({ ...store, serverSideEncryptionKey: SSE_KEY })),
    }),
  ];
  const there: readonly Job[] = [
    job({
      name: 'bridged',
      destination: EUROPEAN,
      route: {
        type: 'bridge',
        bridgeKey: 'arn:aws:kms:us-east-1:111122223333:alias/bridge',
        deployBridgeKey: true,
      },
      stores: [
        { ...table, copyTo: { ...copyTo, table: 'There' } } as Store,
        { ...bucket, copyTo: { ...copyTo, bucket: 'there' } },
      ],
    }),
    job({
      name: 'replicated',
      source: { keys: [use(PRIMARY)] },
      destination: EUROPEAN,
      route: { type: 'multi-region', deployReplicas: true },
    }),
    job({ name: 'plaintext', destination: EUROPEAN, route: { type: 'decrypt-encrypt' } }),
  ];

  const stacksOf = (app: App): KmsRewrapStack => {
    const account = '111122223333';
    const stack = new KmsRewrapStack(app, 'Here', {
      jobs: here,
      journalProtection: { retention: Duration.days(400), objectLock: 'compliance' },
      workerTimeout: Duration.seconds(5),
      customerManagedKey: true,
      journalReaders: ['arn:aws:iam::111122223333:role/Auditor'],
      env: { region: 'us-east-1', account },
    });
    new KmsRewrapStack(app, 'There', {
      jobs: there,
      allowPlaintextRoute: true,
      env: { region: 'eu-west-1', account },
    });
    deployBridges(app, there);
    deploySourceReplicas(app, there);
    return stack;
  };

  it('find nothing in the stacks of every kind of job', () => {
    const app = validatedApp();
    stacksOf(app);
    expect(() => app.synth()).not.toThrow();
    expect(findingsOf(app)).toEqual([]);
  });

  it('find planted defects', () => {
    const app = validatedApp();
    new CfnResource(stacksOf(app), 'Planted', { type: 'AWS::S3::Bucket', properties: { BucketNaem: 'x' } });
    expect(() => app.synth()).toThrow();
    expect(findingsOf(app).length).toBeGreaterThan(0);
  });
});
