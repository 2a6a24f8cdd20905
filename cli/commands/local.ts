import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TABLE } from '../../examples/orders-app/write-orders.ts';
import { SETTINGS_FILE } from '../../lambda/core/job/deployed-settings.ts';
import { loadSettings } from '../../lib/jobs/load-settings.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { interruptible } from '../context/interrupts.ts';
import { filledText, fillOrders, ORDERS_JOB, ORDERS_REGION, TO_BE_WRITTEN } from '../demos/orders.ts';
import {
  LOCAL_CREDENTIALS,
  startEmbeddedAws,
  synthesize,
  type EmbeddedAwsProcess,
} from '../embedded/embedded-aws.ts';
import { afterStart } from '../next-steps/after-start.ts';
import { stepsText } from '../next-steps/next-step.ts';

export interface LocalOptions {
  readonly jobs: string;
  readonly port: number;
  /** With the job and the data of `rewrap demo`. */
  readonly demo?: boolean;
}

interface Started {
  readonly aws: EmbeddedAwsProcess;
  readonly folder: string;
}

/** `rewrap local`: keeps the embedded AWS with your jobs running until it is interrupted, and leaves nothing behind. */
export async function local(options: LocalOptions, { console }: CommandContext): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), 'kms-rewrap-'));
  try {
    return await interruptible(async ({ signal }) => {
      try {
        return await keptRunning(options, { console, folder, signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        console.note('interrupted before the embedded AWS was ready');
        return EXIT.unseen;
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place extends Pick<CommandContext, 'console'> {
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function keptRunning(options: LocalOptions, place: Place): Promise<ExitCode> {
  const { console, folder, signal } = place;
  const temporaryFolder = join(folder, 'tmp');
  mkdirSync(temporaryFolder);
  const logFolder = join(folder, 'logs');
  // Before the stack is synthesized, which takes seconds: the port may be in use.
  const aws = await startEmbeddedAws({ port: options.port, logFolder, temporaryFolder });
  const interrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  try {
    await deployAndTell(options, { aws, folder }, place);
    await Promise.race([aws.ended, interrupted]);
    if (signal.aborted) return EXIT.done;
    console.note('the embedded AWS ended by itself');
    return EXIT.failed;
  } finally {
    await aws.stop();
  }
}

async function deployAndTell(
  { jobs, demo = false }: LocalOptions,
  { aws, folder }: Started,
  { console, signal }: Place,
): Promise<void> {
  const assembly = join(folder, 'cdk.out');
  console.note(`Synthesizing the stacks for ${demo ? ORDERS_JOB.file : jobs} …`);
  await synthesize({
    ...(demo ? { jobs: ORDERS_JOB.file, settings: {} } : yours(jobs)),
    ...{ outdir: assembly, temporaryFolder: join(folder, 'tmp'), signal },
  });
  const stacks = await aws.deploy(assembly);
  const here = { endpoint: aws.endpoint, region: ORDERS_REGION };
  const steps = afterStart(demo ? { job: ORDERS_JOB.name, table: TABLE } : undefined, here);
  const filled = demo ? await filledWithOrders(aws, console) : [];
  const environment = environmentFor(aws);
  const logFolder = join(folder, 'logs');
  console.answer({ endpoint: aws.endpoint, environment, stacks, logFolder, filled }, steps);
  if (!console.json) for (const line of linesFor(environment, filled)) console.out(line);
  if (!console.json) console.out(stepsText(steps).trimStart());
  console.note(
    `embedded AWS on ${aws.endpoint} with ${stacks.join(', ')}; logs in ${logFolder}; Ctrl-C ends it, and removes its files`,
  );
}

function yours(jobs: string): { readonly jobs: string; readonly settings: Record<string, unknown> } {
  const { jobs: _, ...settings } = existsSync(SETTINGS_FILE) ? loadSettings(SETTINGS_FILE) : { jobs };
  return { jobs: resolve(jobs), settings };
}

async function filledWithOrders(
  { endpoint }: EmbeddedAwsProcess,
  console: CommandContext['console'],
): Promise<readonly string[]> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  console.note(TO_BE_WRITTEN);
  return filledText(await fillOrders(endpoint));
}

function environmentFor({ endpoint }: EmbeddedAwsProcess): Readonly<Record<string, string>> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = LOCAL_CREDENTIALS;
  return { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION: ORDERS_REGION };
}

/** For a shell in another terminal. */
function linesFor(
  environment: Readonly<Record<string, string>>,
  filled: readonly string[],
): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return [
    '# In another terminal, before any other command:',
    `export ${variables.join(' ')}`,
    '',
    ...(filled.length === 0
      ? ['# Its tables and buckets are yours to make.']
      : filled.map(line => `# ${line}`)),
    '# To fill it yourself, point any AWS client at it: with these variables, the AWS CLI and the SDKs find it.',
    '',
  ];
}
