import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fresh } from '../support/fresh.ts';
import { DEPLOY_LINES, ROOT } from '../support/readme.ts';

/** Without CloudFormation's own rules: test/infra/nag.test.ts has them, and they take most of the time. */
const ENVIRONMENT = { ...process.env, CDK_VALIDATION: 'false' };

const shell = (command: string, cwd: string): string =>
  execFileSync('sh', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('the lines of README.md that deploy', () => {
  it('lead, on a machine that never saw the CDK, to the stacks of the jobs in jobs/ and of no other Region', () => {
    const folder = fresh();
    expect(existsSync(join(folder, 'jobs'))).toBe(false);
    shell(DEPLOY_LINES[1]!, folder);
    // `cdk bootstrap` without arguments takes the environments of the app, and `--all` its stacks: what `cdk list` shows.
    const stacks = (): readonly string[] => shell('npx cdk list', folder).trim().split('\n');
    expect(stacks()).toEqual(['KmsRewrap-us-east-1 (KmsRewrap)']);
    shell('npx rewrap jobs validate jobs/orders.json', folder);
    const job = readFileSync(join(folder, 'jobs/orders.json'), 'utf8');
    // A job of another Region, and one that crosses Regions by a bridge.
    writeFileSync(join(folder, 'jobs/orders.json'), job.replaceAll('us-east-1', 'ap-southeast-2'));
    expect(stacks()).toEqual(['KmsRewrap-ap-southeast-2 (KmsRewrap)']);
    cpSync(join(ROOT, 'examples/jobs/region-migration.json'), join(folder, 'jobs/region-migration.json'));
    expect(stacks().map(line => line.split(' ')[0])).toEqual([
      'KmsRewrap-ap-southeast-2',
      'KmsRewrap-eu-west-1',
      'KmsRewrapBridge-kms-rewrap-bridge-us-east-1',
      'KmsRewrapBridge-kms-rewrap-bridge-eu-west-1',
    ]);
  });
});
