import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalKind } from '../../core/model/seal.ts';

interface RunInFolder {
  readonly job: string;
  readonly runId: string;
  readonly kinds: readonly JournalKind[];
}

/** The journal of a run in a copy of its bucket, as `aws s3 sync` makes it, in the order of names. */
export async function* journalInFolder(
  folder: string,
  { job, runId, kinds }: RunInFolder,
): AsyncGenerator<{ readonly key: string; readonly body: Uint8Array }> {
  for (const kind of kinds) {
    const run = runFolder(kind, job, runId);
    if (!existsSync(join(folder, run))) continue;
    const entries = await readdir(join(folder, run), { recursive: true, withFileTypes: true });
    const files = entries.filter(entry => entry.isFile());
    const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, '/').length));
    for (const key of names.sort()) yield { key, body: await readFile(join(folder, key)) };
  }
}

function runFolder(kind: JournalKind, job: string, runId: string): string {
  return join(kind, `job=${job}`, `run=${runId}`);
}
