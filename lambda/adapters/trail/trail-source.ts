import type { LogFileName, TrailInterval } from '../../core/key-users/log-files.ts';
import type { RecordRead } from '../../core/key-users/kms-event.ts';
import type { LogFileRead } from './read-log-file.ts';

export interface LogFile extends LogFileName {
  /** The key of an object, or a path. */
  readonly path: string;
  readonly size: number;
}

export interface TrailListing {
  readonly files: readonly LogFile[];
  /** Sent to list them. */
  readonly requests: number;
}

/** Where the log files of a trail lie. */
export interface TrailSource {
  list(interval: TrailInterval): Promise<TrailListing>;
  read(file: LogFile, each: (record: RecordRead) => void): Promise<LogFileRead>;
}
