import { Buffer } from 'node:buffer';
import pMap from 'p-map';
import { digest } from '../../core/model/digest.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { ObjectRecord, StoreRecord } from '../../core/model/record.ts';
import { changed } from '../../core/places/changed.ts';
import type { RecordPage, RecordStore, WriteResult } from '../../core/ports.ts';
import { codeOf } from './error-code.ts';
import { readLocalFile, type FileRead } from './read-file.ts';
import { replaceFile } from './replace-file.ts';

const IN_FLIGHT = 8;

/** Files of this computer as records: the body is the content, and the locator is the path. */
export class LocalFiles implements RecordStore {
  readonly #paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  async readPage(): Promise<RecordPage> {
    const records = await this.find(this.#paths);
    return { records: records.filter(record => record !== undefined) };
  }

  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return pMap(locators, recordAt, { concurrency: IN_FLIGHT });
  }

  reread({ locator }: StoreRecord): Promise<StoreRecord | undefined> {
    return recordAt(locator);
  }

  takes(): boolean {
    return true;
  }

  /** If, and only if, the file is still, byte for byte, what was read. */
  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const [before, after] = [bodyOf(record), bodyOf(changed(record, places))];
    try {
      const file = await readLocalFile(record.locator);
      if (file.kind === 'refused') return { kind: 'blocked', reason: `the file ${file.reason}` };
      if (!holds(file, before)) return { kind: 'precondition-failed' };
      const written = await replaceFile(file, after, async () => {
        const now = await readLocalFile(record.locator);
        return holds(now, before) && now.path === file.path;
      });
      return { kind: written ? 'written' : 'precondition-failed' };
    } catch (error) {
      return failure(error);
    }
  }
}

function failure(error: unknown): WriteResult {
  const code = codeOf(error);
  if (code === undefined) throw error;
  const reason = `the file cannot be replaced (${code}): a new one is written beside it and takes its place`;
  return ['EACCES', 'EPERM', 'EROFS'].includes(code)
    ? { kind: 'blocked', reason }
    : { kind: 'unavailable', reason };
}

function holds(file: Awaited<ReturnType<typeof readLocalFile>>, bytes: Uint8Array): file is FileRead {
  return file.kind === 'file' && file.bytes.equals(bytes);
}

function bodyOf(record: StoreRecord): Buffer {
  if (record.kind !== 'object' || record.body === undefined || !('B' in record.body))
    throw new TypeError(`${record.locator} was not read`);
  return Buffer.from(record.body.B);
}

async function recordAt(locator: string): Promise<StoreRecord | undefined> {
  const file = await readLocalFile(locator);
  if (file.kind === 'missing') return undefined;
  if (file.kind === 'refused') return { ...NOTHING, locator, hidden: `the file ${file.reason}` };
  const { bytes, stats } = file;
  return {
    ...NOTHING,
    locator,
    etag: digest(bytes),
    lastModified: Math.floor(stats.mtimeMs / 1000) * 1000,
    size: bytes.length,
    body: { B: bytes },
  };
}

const NOTHING: Omit<ObjectRecord, 'locator'> = {
  ...{ kind: 'object', etag: '', lastModified: 0, settled: true, size: 0 },
  ...{ metadata: {}, headers: {} },
};
