import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { rewrap as cli } from '../support/rewrap-cli.ts';

/** A job as it stands in `jobs/`, without its keys. */
interface Draft {
  readonly stores: readonly { readonly format: { readonly type: string } }[];
}

export interface Keys {
  readonly old: string;
  readonly new: string;
}

/** What can be done about what a client has written. */
export type JobOf =
  | { readonly kind: 'job'; readonly job: Job }
  /** This version does not have that format. */
  | { readonly kind: 'no-format'; readonly format: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface Job {
  readonly name: string;
}

/** The job for what a client has written, from one key to another. */
export function jobOf(client: string, keys: Keys): JobOf {
  const file = new URL(`jobs/${client}.json`, import.meta.url);
  const draft = JSON.parse(readFileSync(file, 'utf8')) as Draft;
  const missing = draft.stores.map(({ format }) => format.type).find(type => !formats.has(type));
  if (missing !== undefined) return { kind: 'no-format', format: missing };
  const job = {
    ...{ name: client, source: { keys: [keys.old] }, destination: { key: keys.new } },
    ...{ route: { type: 'direct' }, ...draft },
  };
  const parsed = parseJob(job, formats);
  if (parsed.kind === 'job') return { kind: 'job', job };
  return { kind: 'refused', why: parsed.problems.map(({ path, words }) => `${path} ${words}`).join('; ') };
}

/** Deploys the service with these jobs for as long as the work takes: its functions run from the assembly's folder. */
export async function withJobs<Result>(
  aws: EmbeddedAws,
  jobs: readonly Job[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (jobs.length === 0) return work();
  const folder = mkdtempSync(join(tmpdir(), 'interop-'));
  try {
    const files = join(folder, 'jobs');
    mkdirSync(files);
    for (const job of jobs) writeFileSync(join(files, `${job.name}.json`), JSON.stringify(job));
    await synthesize({ jobs: files, outdir: join(folder, 'cdk.out') });
    await aws.deploy(join(folder, 'cdk.out'));
    return await work();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Plays a deployed job through the command line.
 *
 * @returns how many data keys were moved
 * @throws Error if the run leaves anything under the old key
 */
export async function rewrap(endpoint: string, { name }: Job): Promise<number> {
  const { code, stdout, stderr } = await cli(['run', name, '--json'], { endpoint });
  if (code !== 0) throw new Error(`rewrap run ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  const report = JSON.parse(stdout) as {
    readonly remaining: number | null;
    readonly stores: readonly { readonly outcomes: Readonly<Record<string, number>> }[];
  };
  if (report.remaining !== 0) throw new Error(`${report.remaining} data keys are left`);
  return report.stores.reduce((sum, { outcomes }) => sum + (outcomes['rewrapped'] ?? 0), 0);
}
