import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployBridges } from '../../lib/route-keys/bridges.ts';
import { KmsRewrapStack } from '../../lib/kms-rewrap-stack.ts';
import { job, NEW_KEY, use } from '../support/builders.ts';

const CDK_JSON = fileURLToPath(new URL('../../cdk.json', import.meta.url));

/** Findings that stay, each with its reason. Everything else is a defect. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [
    /^AwsSolutions-S1$/,
    'Access logs need a bucket of the account, not of this service; CloudTrail data events tell more.',
  ],
  [/^AwsSolutions-DDB3$/, 'The ledger holds checkpoints: losing them repeats work, and loses nothing.'],
  [
    /IAM5\[Resource::<RunBucket.*\.Arn>\/(runs\/)?\*\]$/,
    'Objects of a run have names that nobody knows at synth.',
  ],
  [
    /IAM5\[Resource::<Journal.*\.Arn>\/(intents|outcomes)\/\*\]$/,
    'Journal objects have names that nobody knows at synth.',
  ],
  [
    /IAM5\[Resource::<Functions.*\.Arn>:\*\]$/,
    'The Lambda task grants versions and aliases of the functions.',
  ],
  [
    /IAM5\[Resource::arn:.*:states:.*execution:.*\]$/,
    'A distributed map starts, describes and stops its own children.',
  ],
  [
    /IAM5\[Resource::arn:aws:kms:[a-z0-9-]+:\d{12}:key\/\*\]$/,
    'A key that is named by its alias is granted under the condition kms:ResourceAliases.',
  ],
  [/IAM5\[Resource::\*\]$/, 'Log delivery and X-Ray of Step Functions take no resource.'],
  [/IAM5\[Resource::arn:(aws|<AWS::Partition>):s3:::.*\/\*\]$/, 'Objects under the prefix of a store.'],
];

interface ValidationReport {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

describe('the AWS Solutions checks', () => {
  it('find nothing that is not accepted with a reason, and everything that is', () => {
    const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as { context: Record<string, unknown> };
    const outdir = mkdtempSync(join(tmpdir(), 'nag-'));
    const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir });
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
      jobs: [job({ stores })],
      env: { region: 'us-east-1', account: '111122223333' },
    });
    new KmsRewrapStack(app, 'European', {
      jobs: [european],
      allowPlaintextRoute: true,
      env: { region: 'eu-west-1', account: '111122223333' },
    });
    deployBridges(app, [european]);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // Accepted findings fail the synthesis as well: what counts is the report it leaves.
    expect(() => app.synth()).toThrow();
    const report = JSON.parse(
      readFileSync(join(outdir, 'validation-report.json'), 'utf8'),
    ) as ValidationReport;
    const found = report.pluginReports.flatMap(({ violations }) =>
      violations.map(({ ruleName }) => ruleName),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(rule => !ACCEPTED.some(([pattern]) => pattern.test(rule)))).toEqual([]);
    expect(
      ACCEPTED.filter(([pattern]) => !found.some(rule => pattern.test(rule))).map(([pattern]) =>
        String(pattern),
      ),
    ).toEqual([]);
  });
});
