import { unzipSync } from 'node:zlib';
import { checkObject } from './check-object.ts';
import { countOutcomes } from './count-outcomes.ts';
import { placeInJournal, type ObjectOfRun } from './check-run.ts';

/** As readers of the journal have it: more is no page that we wrote. */
const MOST_BYTES = 128 * 1024 ** 2;

export interface StoredObject {
  readonly key: string;
  /** Gzip. */
  readonly body: Uint8Array;
}

/** A journal object as it is stored; `undefined` if its name is none of this run. */
export function checkStored({ key, body }: StoredObject, runId: string): ObjectOfRun | undefined {
  const place = placeInJournal(key);
  if (place?.runId !== runId) return undefined;
  const { unit, kind } = place;
  const text = unzipped(body);
  const words = `${key} cannot be decompressed: it was changed or cut off`;
  const checked =
    text === undefined
      ? { name: key, lines: 0, differences: [{ kind: 'unreadable' as const, object: key, words }] }
      : checkObject(key, text);
  const counts = kind === 'outcomes' && text !== undefined ? countOutcomes(text) : undefined;
  return { unit, kind, checked, ...(counts !== undefined && { counts }) };
}

function unzipped(body: Uint8Array): string | undefined {
  try {
    return unzipSync(body, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}
