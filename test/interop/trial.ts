import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Client, Written } from './client.ts';
import { jobOf, rewrap, withJobs, type Job, type Keys } from './rewrap.ts';

/** What became of one step. */
export type Step =
  | { readonly kind: 'ok'; readonly words: string }
  /** Nothing was tried, so nothing is known. */
  | { readonly kind: 'not-tried'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface Trial {
  readonly client: Client;
  readonly keys: Keys;
  readonly written: Written | undefined;
  readonly write: Step;
  readonly read: Step;
}

/** Everything that is known about a client in the end. */
export interface Result extends Pick<Trial, 'write' | 'read'> {
  readonly name: string;
  readonly software: string;
  readonly rewrapped: Step;
  readonly readAgain: Step;
}

/** Writes by a client, and reads by it at once. */
export async function begin(client: Client, endpoint: string): Promise<Trial> {
  const kms = new KMSClient({ endpoint, region: 'us-east-1' });
  const create = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  const keys = { old: await create(), new: await create() };
  kms.destroy();
  const place = { endpoint, keyArn: keys.old };
  let written: Written | undefined;
  const write = await step(async () => {
    written = await client.write(place);
    return `${written.dataKeys} data keys`;
  });
  const read = await step(async () => {
    if (written === undefined) throw new Error('nothing was written');
    await client.read(place, written);
    return 'ok';
  });
  return { client, keys, written, write, read };
}

/** Moves what the clients have written, disables the old keys, and lets the clients read again under the new ones. */
export async function finish(
  trials: readonly Trial[],
  aws: EmbeddedAws,
  endpoint: string,
): Promise<Result[]> {
  const jobs = trials.flatMap(trial => {
    const found = jobOf(trial.client.name, trial.keys);
    return found.kind === 'job' && trial.read.kind === 'ok' ? [found.job] : [];
  });
  return withJobs(aws, jobs, async () => {
    const results: Result[] = [];
    for (const trial of trials) results.push(await finishOne(trial, jobs, endpoint));
    return results;
  });
}

async function finishOne(trial: Trial, jobs: readonly Job[], endpoint: string): Promise<Result> {
  const { client, written, keys, write, read } = trial;
  const common = { name: client.name, software: client.software, write, read };
  const none = untried(trial, jobs);
  if (none !== undefined || written === undefined)
    return {
      ...{ ...common, rewrapped: none ?? NOTHING },
      readAgain: { kind: 'not-tried', why: 'nothing was moved' },
    };
  const rewrapped = await step(async () => {
    const moved = await rewrap(endpoint, { name: client.name });
    if (moved !== written.dataKeys)
      throw new Error(`${moved} data keys were moved, ${written.dataKeys} had been written`);
    return `${moved} moved`;
  });
  if (rewrapped.kind !== 'ok') return { ...common, rewrapped, readAgain: NOTHING };
  const readAgain = await step(async () => {
    const kms = new KMSClient({ endpoint, region: 'us-east-1' });
    await kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    kms.destroy();
    const place = { endpoint, keyArn: keys.new };
    await client.read(place, written);
    await client.goOn?.(place);
    return 'ok';
  });
  return { ...common, rewrapped, readAgain };
}

const NOTHING: Step = { kind: 'not-tried', why: 'the step before failed' };

function untried({ client, keys, read }: Trial, jobs: readonly Job[]): Step | undefined {
  if (read.kind !== 'ok') return NOTHING;
  if (jobs.some(({ name }) => name === client.name)) return undefined;
  const found = jobOf(client.name, keys);
  switch (found.kind) {
    case 'no-format':
      return { kind: 'not-tried', why: `format not there yet: ${found.format}` };
    case 'refused':
      return { kind: 'failed', why: `its job is refused: ${found.why}` };
    case 'job':
      return NOTHING;
  }
}

async function step(work: () => Promise<string>): Promise<Step> {
  try {
    return { kind: 'ok', words: await work() };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}
