import type { ItemRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { bytesOf, textOf } from './attributes.ts';

const TYPES: ReadonlySet<string | undefined> = new Set(['credential', 'archive-credential']);

/** A credential of Confidant, or an older revision of one. Blind credentials hold a data key for each Region, as a JSON text. */
export function confidantCredential({ attributes }: ItemRecord): Recognised | undefined {
  const isCredential =
    TYPES.has(textOf(attributes, 'data_type')) &&
    bytesOf(attributes, 'data_key') !== undefined &&
    textOf(attributes, 'credential_pairs') !== undefined;
  if (!isCredential) return undefined;
  return one(
    {
      kind: 'named',
      what: 'confidant',
      slot: 'data_key',
      format: { type: 'confidant' },
      dataKeys: 1,
      keyArns: [],
    },
    'data_key',
    'credential_pairs',
  );
}
