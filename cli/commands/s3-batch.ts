import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import type { KeyCatalog } from '../../lambda/core/keys/catalog.ts';
import { accountOfRole, parseRoleArn } from '../../lambda/core/model/arn.ts';
import { commandLine } from '../../lambda/core/model/command-line.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { sourceRegion } from '../../lambda/core/model/job-regions.ts';
import { batchRequests, objectPlaces, type BatchRequest } from '../../lambda/core/retire/batch-requests.ts';
import { batchRole } from '../../lambda/core/retire/batch-role.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { OutputLost, wordsOf, writeOutput } from '../context/output-file.ts';
import { jobMeant } from '../deployment/deployed-jobs.ts';
import { rewrapStep, type NextStep } from '../next-steps/next-step.ts';
import { batchText, type WrittenRequests } from '../render/batch-requests.ts';

export interface BatchOptions {
  readonly jobs: string;
  /** ARN of the role that S3 assumes. */
  readonly role: string;
  /** Key ARN, where it is not the destination key of the job. */
  readonly to?: string;
  readonly out: string;
}

/**
 * `rewrap s3-batch JOB`: writes what to ask S3 Batch Operations for, so that S3 moves what it encrypts itself away from the source keys. It sends
 * nothing: whoever sends it needs other permissions than anything here has.
 */
export async function s3Batch(
  name: string,
  options: BatchOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, aws } = context;
  if (parseRoleArn(options.role) === undefined)
    throw new RunRefused(
      'cli.noRole',
      `${options.role} is no ARN of a role; write that of the role that S3 assumes`,
    );
  const { job } = await jobMeant(name, options.jobs, context);
  const keys = new KmsKeyCatalog(new KmsChannel({ ...aws, patienceMs: [] }));
  const requests = await requestsFor(job, options, keys);
  writeAll(options.out, requests);
  const written: WrittenRequests = {
    job: job.name,
    folder: options.out,
    requests,
    role: batchRole(requests),
  };
  console.result(written, batchText, stepsAfter(written, context));
  return EXIT.done;
}

async function requestsFor(
  job: Job,
  { role, to = job.destination.key }: BatchOptions,
  keys: Pick<KeyCatalog, 'describeKey'>,
): Promise<readonly BatchRequest[]> {
  const places = objectPlaces(job.stores, { region: sourceRegion(job), account: accountOfRole(role) });
  if (places.length === 0)
    throw new RunRefused(
      'cli.noBucket',
      `the job ${job.name} names no bucket; a table changes its key by UpdateTable`,
    );
  const sources = await Promise.all(job.source.keys.map(({ key }) => arnOf(key, keys)));
  const answer = batchRequests({
    ...{ job: job.name, places, sources, roleArn: role, newKey: await arnOf(to, keys) },
  });
  if (answer.kind === 'refused') throw new RunRefused('cli.batchKey', answer.words);
  return answer.requests;
}

async function arnOf(reference: string, keys: Pick<KeyCatalog, 'describeKey'>): Promise<string> {
  const lookup = await keys.describeKey(reference);
  if (lookup.kind === 'found') return lookup.key.arn;
  const why = lookup.kind === 'denied' ? `cannot be described: ${lookup.message}` : 'does not exist';
  throw new RunRefused('cli.batchKey', `${reference} ${why}`);
}

function writeAll(folder: string, requests: readonly BatchRequest[]): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new OutputLost(`${folder} was not made: ${wordsOf(error)}`, { cause: error });
  }
  for (const { file, createJob } of requests)
    writeOutput(join(folder, file), `${JSON.stringify(createJob, null, 2)}\n`);
}

function stepsAfter(
  { job, folder, requests }: WrittenRequests,
  context: CommandContext,
): readonly NextStep[] {
  const { endpoint, profile } = hereOf(context);
  const sends = requests.map(({ file, region, bucketKeys }) => ({
    command: commandLine([
      ...['aws', 's3control', 'create-job', '--region', region],
      ...(endpoint === undefined ? [] : ['--endpoint-url', endpoint]),
      ...(profile === undefined ? [] : ['--profile', profile]),
      ...['--cli-input-json', `file://${join(folder, file)}`],
    ]),
    why: `${bucketKeys ? 'with' : 'without'} S3 Bucket Keys: S3 lists the objects, and waits for your confirmation`,
  }));
  const verify = rewrapStep(
    ['run', job, '--mode', 'verify'],
    'once S3 is done: counts what is left',
    hereOf(context),
  );
  return [...sends, verify];
}
