import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Discovery } from '../../lambda/core/discover/discovery.ts';
import { visibleJson } from '../../lambda/core/model/visible.ts';
import type { JobDraft } from '../../lambda/core/recognise/job-draft.ts';
import { writeOutput } from '../context/output-file.ts';

/** A job that was written for a store. */
export interface Drafted {
  readonly store: string;
  readonly file: string;
  readonly job: JobDraft['job'];
}

/**
 * Writes a job for each store with data keys that no job names, as far as the sample tells it. A file that is there stays as it is, so
 * that a second look adds what is new.
 */
export function writeDrafts(
  folder: string,
  { stores }: Discovery,
  jobs: ReadonlyMap<string, JobDraft['job']>,
): readonly Omit<Drafted, 'job'>[] {
  const taken = new Set<string>();
  return stores.flatMap(({ type, name, coverage }) => {
    const job = jobs.get(`${type} ${name}`);
    if (coverage !== 'unnamed' || job === undefined) return [];
    const own = freeName(job.name, taken);
    taken.add(own);
    const file = join(folder, `${own}.json`);
    if (existsSync(file)) return [];
    mkdirSync(folder, { recursive: true });
    writeOutput(file, `${visibleJson(JSON.stringify({ ...job, name: own }, null, 2))}\n`);
    return [{ store: type === 's3' ? `s3://${name}/` : name, file }];
  });
}

/** Names of jobs have 40 characters at most, so that those of two stores may begin alike. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) {
    const own = `${name.slice(0, 40 - 1 - String(n).length)}-${n}`;
    if (!taken.has(own)) return own;
  }
}
