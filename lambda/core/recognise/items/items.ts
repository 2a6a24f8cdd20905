import type { ItemRecord } from '../../model/record.ts';
import { NOTHING, type Recognised } from '../candidate.ts';
import { branchKey } from './branch-key.ts';
import { confidantCredential } from './confidant.ts';
import { credstashSecret } from './credstash.ts';
import { databaseEsdkItem } from './database-esdk-item.ts';
import { encryptionClientItem } from './encryption-client-item.ts';

const RECOGNISERS: readonly ((item: ItemRecord) => Recognised | undefined)[] = [
  databaseEsdkItem,
  encryptionClientItem,
  branchKey,
  credstashSecret,
  confidantCredential,
];

/** What an item is, if it has the layout of a known library; an item has one at most. */
export function recogniseItem(item: ItemRecord): Recognised {
  for (const recognise of RECOGNISERS) {
    const recognised = recognise(item);
    if (recognised !== undefined) return recognised;
  }
  return NOTHING;
}
