import type { ItemRecord } from '../../core/model/record.ts';
import { heldAt } from '../../core/places/held-at.ts';
import type { NoSpot, Spotted } from '../spot.ts';
import { valueEncoding } from '../value-encoding.ts';
import { contextsOf, type ContextSettings } from './contexts.ts';
import { inDescription, NAMES, wrappingOf } from './description.ts';

const ENCODING = valueEncoding('base64');

export interface SpotSettings extends ContextSettings {
  readonly signature: string;
  readonly metaStore: string | undefined;
}

/** The data key in the material description of an item. */
export function encryptedItemSpots(item: ItemRecord, settings: SpotSettings): readonly Spotted[] {
  const { description, signature, metaStore } = settings;
  const path = inDescription(description, NAMES.dataKey);
  const no = (kind: NoSpot['kind'], reason: string): readonly Spotted[] => [{ kind, path, reason }];
  if (heldAt(item, [description]) === undefined)
    return heldAt(item, [signature]) === undefined
      ? []
      : no('unreadable', `the item is signed, and has no ${description}`);
  const wrapping = wrappingOf(item, description);
  switch (wrapping.kind) {
    case 'kms': {
      const value = heldAt(item, path);
      if (value === undefined) return no('unreadable', `attribute ${description} cannot be read`);
      return [
        { kind: 'spot', path, value, encoding: ENCODING, contexts: contextsOf(item, settings), beside: [] },
      ];
    }
    case 'meta-store':
      return metaStore === undefined ? no('unsupported', META_STORE) : [];
    case 'other':
      return no('unsupported', OTHER);
    case 'none':
      return no('unsupported', STATIC);
    case 'unclear':
      return no('unreadable', wrapping.reason);
  }
}

/** Whether an item is under a key of a MetaStore. */
export function isUnderMetaStore(
  item: ItemRecord,
  { description }: Pick<SpotSettings, 'description'>,
): boolean {
  return wrappingOf(item, description).kind === 'meta-store';
}

const META_STORE =
  'the item is under a key of a MetaStore (Most Recent Provider): re-wrap the table of the MetaStore, and name it as "metaStore" in the format';
const OTHER =
  'its data key is wrapped by a key that the application holds (Wrapped Materials Provider), not by KMS: encrypt the item anew under another key with the client';
const STATIC =
  'the item is under a key that the application holds (static provider), and has no data key: encrypt it anew under another key with the client';
