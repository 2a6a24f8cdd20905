import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KmsRewrapStack } from '../../lib/kms-rewrap-stack.ts';
import { permissionJobs } from './permission-jobs.mjs';

let made;

/** The template of a stack with every function, but without their code. This takes a few seconds instead of ten. */
export function template() {
  made ??= synthesized();
  return made;
}

function synthesized() {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  const outdir = mkdtempSync(join(tmpdir(), 'pages-'));
  try {
    const app = new App({
      context: { ...context, 'aws:cdk:bundling-stacks': [] },
      outdir,
      builtinCloudFormationValidation: false,
    });
    const env = { region: 'us-east-1', account: '111122223333' };
    return Template.fromStack(
      new KmsRewrapStack(app, 'Stack', { jobs: permissionJobs(), env, allowPlaintextRoute: true }),
    ).toJSON();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
