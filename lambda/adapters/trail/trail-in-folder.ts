import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isInInterval, logFileName, type TrailInterval } from '../../core/key-users/log-files.ts';
import type { RecordRead } from '../../core/key-users/kms-event.ts';
import { readLogFile, type LogFileRead } from './read-log-file.ts';
import type { LogFile, TrailListing, TrailSource } from './trail-source.ts';

/** Log files in a folder of this computer, as `aws s3 sync` copies them. Their names say whose they are, in whatever folders they lie. */
export class TrailInFolder implements TrailSource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(interval: TrailInterval): Promise<TrailListing> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    const files: LogFile[] = [];
    for (const entry of entries) {
      const name = entry.isFile() ? logFileName(entry.name) : undefined;
      if (name === undefined || !isInInterval(name, interval)) continue;
      const path = join(entry.parentPath, entry.name);
      files.push({ path, size: (await stat(path)).size, ...name });
    }
    return { files, requests: 0 };
  }

  read({ path }: LogFile, each: (record: RecordRead) => void): Promise<LogFileRead> {
    return readLogFile(() => Promise.resolve(createReadStream(path)), path.endsWith('.gz'), each);
  }
}
