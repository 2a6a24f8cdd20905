import pMap from 'p-map';
import type { KmsEvent, RecordRead } from '../../core/key-users/kms-event.ts';
import type { LogFile, TrailSource } from './trail-source.ts';

/** Files that are read at one time. */
const IN_FLIGHT = 16;

interface FilesRead {
  readonly records: number;
  /** Calls of KMS, with whatever key or none. */
  readonly kmsRecords: number;
  readonly unreadable: number;
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

interface Told {
  readonly event: (event: KmsEvent) => void;
  /** A file has been read. */
  readonly file: () => void;
}

/** Reads log files, some at a time and in no order. */
export async function readFiles(
  source: TrailSource,
  files: readonly LogFile[],
  told: Told,
): Promise<FilesRead> {
  const counts = { records: 0, kmsRecords: 0, unreadable: 0 };
  const each = (record: RecordRead): void => {
    counts.records++;
    if (record.kind === 'unreadable') counts.unreadable++;
    if (record.kind === 'use' || record.kind === 'of-kms') counts.kmsRecords++;
    if (record.kind === 'use') told.event(record.event);
  };
  const outcomes = await pMap(
    files,
    async file => {
      const outcome = await source.read(file, each);
      told.file();
      return outcome.kind === 'damaged' ? [{ file: file.path, reason: outcome.reason }] : [];
    },
    { concurrency: IN_FLIGHT },
  );
  return { ...counts, damaged: outcomes.flat() };
}
