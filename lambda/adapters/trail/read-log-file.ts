import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { RecordRead } from '../../core/key-users/kms-event.ts';
import { readRecord } from '../../core/key-users/read-record.ts';
import { parseRecord, RecordSplitter } from '../../core/key-users/split-records.ts';
import { nameOf } from '../aws/errors.ts';

/** Unpacked. CloudTrail begins another file long before; what has more was not written by it. */
const MOST_BYTES = 4 * 1024 ** 3;

export type LogFileRead = { readonly kind: 'whole' } | { readonly kind: 'damaged'; readonly reason: string };

/** How a file that cannot be read to its end says so, by the names and codes of errors. */
const DAMAGE: Readonly<Record<string, string>> = {
  NoSuchKey: 'is gone',
  InvalidObjectState: 'is archived: restore it first',
  Z_DATA_ERROR: 'is altered: it cannot be decompressed',
  Z_BUF_ERROR: 'is cut off: it cannot be decompressed to its end',
};

/** Reads the records of a file as they arrive. What is before the damage has been read when it is met. */
export async function readLogFile(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  compressed: boolean,
  each: (record: RecordRead) => void,
): Promise<LogFileRead> {
  const splitter = new RecordSplitter();
  try {
    const bytes = await open();
    const read = (chunks: AsyncIterable<Uint8Array>): Promise<boolean> => split(chunks, splitter, each);
    const fits = compressed ? await pipeline(bytes, createGunzip(), read) : await read(bytes);
    if (!fits) return { kind: 'damaged', reason: 'is larger than any log file' };
    return splitter.whole
      ? { kind: 'whole' }
      : { kind: 'damaged', reason: 'is no whole log file of CloudTrail' };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    const reason = DAMAGE[nameOf(error)] ?? DAMAGE[code ?? ''];
    if (reason === undefined) throw error;
    return { kind: 'damaged', reason };
  }
}

async function split(
  chunks: AsyncIterable<Uint8Array>,
  splitter: RecordSplitter,
  each: (record: RecordRead) => void,
): Promise<boolean> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return false;
    for (const text of splitter.push(decoder.decode(chunk, { stream: true })))
      each(readRecord(parseRecord(text)));
  }
  return true;
}
