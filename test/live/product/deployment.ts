import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Making } from '../things/make.ts';
import { stackNamed, TAG } from '../things/thing.ts';
import type { Ended } from './process.ts';
import { ran } from './process.ts';
import type { Stores } from './records.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const JOB = 'live';

/** What a deployment of the product needs, in a folder of its own: settings, the job, and what the CDK CLI writes. */
export interface Deployment {
  readonly folder: string;
  readonly making: Making;
  readonly endpoint?: string;
}

export interface Moved extends Stores {
  readonly from: string;
  readonly to: string;
}

export function writeDeployment({ id }: { readonly id: string }, moved: Moved): string {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-live-'));
  mkdirSync(join(folder, 'jobs'));
  const write = (file: string, value: object): void =>
    writeFileSync(join(folder, file), JSON.stringify(value, undefined, 2));
  write('deployment.json', { name: stackNamed(id, ''), jobs: 'jobs', schedules: false, dashboard: false });
  write(`jobs/${JOB}.json`, jobOf(moved));
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function jobOf({ from, to, table, bucket }: Moved): object {
  return {
    name: JOB,
    source: { keys: [from] },
    destination: { key: to },
    stores: [
      {
        type: 'dynamodb',
        table,
        format: { type: 'attribute', dataKey: 'edk', encryptionContext: { record: { keyAttribute: 'id' } } },
      },
      {
        type: 's3',
        bucket,
        prefix: 'objects/',
        format: {
          type: 'object-metadata',
          dataKey: 'edk',
          encryptionContext: { record: { metadata: 'name' } },
        },
      },
    ],
    limits: { kmsRequestsPerSecond: 50, maxConcurrency: 2 },
  };
}

/** A bootstrap of its own: the account may have none, and one that is there is left alone. */
export async function deploy(deployment: Deployment): Promise<void> {
  const { making } = deployment;
  const { id, account, region } = making.ledger.run;
  const toolkit = stackNamed(id, 'Toolkit');
  const tags = ['--tags', `${TAG}=${id}`];
  making.ledger.makes({ kind: 'stack', region, name: toolkit });
  await cdk(deployment, [
    ...['bootstrap', `aws://${account}/${region}`, '--toolkit-stack-name', toolkit, '--qualifier', id],
    ...tags,
  ]);
  making.ledger.makes({ kind: 'stack', region, name: stackNamed(id, '') });
  await cdk(deployment, [
    // The CDK CLI asks before it widens permissions, and has nobody to ask here.
    ...[
      'deploy',
      '--all',
      '--require-approval',
      'never',
      '--toolkit-stack-name',
      toolkit,
      '-c',
      `@aws-cdk/core:bootstrapQualifier=${id}`,
    ],
    ...tags,
  ]);
}

async function cdk(deployment: Deployment, args: readonly string[]): Promise<void> {
  const { folder } = deployment;
  const settings = [
    '-c',
    `deployment=${join(folder, 'deployment.json')}`,
    '--output',
    join(folder, 'cdk.out'),
  ];
  const ended = await inProcess(deployment, ['npx', '--no', 'cdk', ...args, ...settings]);
  if (ended.code !== 0)
    throw new Error(`cdk ${args[0]} ended with ${ended.code}: ${ended.words.slice(-2_000)}`);
}

/** The command line, as people have it. */
export function rewrap(deployment: Deployment, args: readonly string[]): Promise<Ended> {
  const { folder, making } = deployment;
  const { id, region } = making.ledger.run;
  const where = ['--region', region, '--deployment', stackNamed(id, ''), '--json'];
  return inProcess(deployment, [process.execPath, join(ROOT, 'bin/rewrap.mjs'), ...args, ...where], folder);
}

function inProcess(
  { folder, making: { ledger, signal }, endpoint }: Deployment,
  command: readonly string[],
  cwd = ROOT,
): Promise<Ended> {
  const env = {
    ...process.env,
    ...{ CDK_HOME: folder, NO_COLOR: '1', AWS_REGION: ledger.run.region },
    ...{ CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_NOTICES_TIMEOUT: '1' },
    // CloudFormation's own rules have tests of their own, and take most of the time of a synthesis.
    CDK_VALIDATION: 'false',
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint, HOME: folder }),
  };
  return ran(command, { cwd, env, ...(signal !== undefined && { signal }) });
}
