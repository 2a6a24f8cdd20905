import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SETTINGS_FILE } from '../../lambda/core/job/deployed-settings.ts';
import { loadSettings } from '../../lib/jobs/load-settings.ts';
import { startEmbeddedAws, synthesize } from '../embedded/embedded-aws.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import type { CommandContext } from '../context/command-context.ts';

export interface LocalOptions {
  readonly jobs: string;
  readonly port: number;
}

/** `rewrap local`: keeps the embedded AWS with your jobs running until it is interrupted. */
export async function local({ jobs, port }: LocalOptions, { console }: CommandContext): Promise<ExitCode> {
  const outdir = mkdtempSync(join(tmpdir(), 'kms-rewrap-'));
  const logFolder = join(outdir, 'logs');
  const { jobs: _, ...settings } = existsSync(SETTINGS_FILE) ? loadSettings(SETTINGS_FILE) : { jobs };
  await synthesize({ jobs: resolve(jobs), outdir: join(outdir, 'cdk.out'), settings });
  const aws = await startEmbeddedAws({ port, logFolder });
  const stacks = await aws.deploy(join(outdir, 'cdk.out'));
  console.answer({ endpoint: aws.endpoint, stacks, logFolder }, [
    rewrapStep(['status'], 'shows the runs there', { endpoint: aws.endpoint, region: 'us-east-1' }),
  ]);
  if (!console.json) {
    console.out(`export AWS_ENDPOINT_URL=${aws.endpoint}`);
    console.out('export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1');
  }
  console.note(
    `embedded AWS on ${aws.endpoint} with ${stacks.join(', ')}; logs in ${logFolder}; Ctrl-C ends it`,
  );
  const stop = (): void => void aws.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await aws.ended;
  return EXIT.done;
}
