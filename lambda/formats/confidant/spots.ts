import type { ItemRecord } from '../../core/model/record.ts';
import { isNothing } from '../../core/places/is-nothing.ts';
import { heldAt } from '../../core/places/held-at.ts';
import type { BuiltContexts } from '../context-template.ts';
import { textAt } from '../text-at.ts';
import type { NoSpot, Spotted } from '../spot.ts';
import { DATA_KEY_ENCODING } from './data-key-encoding.ts';

export const DATA_KEY = ['data_key'] as const;

/** The data key of a credential, or of one of its revisions. */
export function confidantSpots(item: ItemRecord): readonly Spotted[] {
  const value = heldAt(item, DATA_KEY);
  const dataType = textAt(item, ['data_type']);
  switch (dataType) {
    case 'credential':
    case 'archive-credential':
      if (value === undefined || isNothing(value)) return [doubt('the credential has no data_key')];
      return [
        {
          kind: 'spot',
          ...{ path: DATA_KEY, value, encoding: DATA_KEY_ENCODING, beside: [] },
          contexts: contextOf(item, dataType),
        },
      ];
    case 'blind-credential':
    case 'archive-blind-credential':
      return [{ kind: 'unsupported', path: DATA_KEY, reason: BLIND }];
    default:
      if (heldAt(item, ['credential_pairs']) === undefined && (value === undefined || isNothing(value)))
        return [];
      return [doubt('the row has a data_key or credential_pairs, and is no credential by its data_type')];
  }
}

const BLIND =
  'a blind credential of Confidant: its author encrypted it for each region under keys and contexts that the row does not tell; encrypt it anew with the confidant client';

function doubt(reason: string): NoSpot {
  return { kind: 'unreadable', path: DATA_KEY, reason };
}

/** As confidant/models/credential.py builds it: a revision has the context of its credential. */
function contextOf(item: ItemRecord, dataType: 'credential' | 'archive-credential'): BuiltContexts {
  const rowId = textAt(item, ['id']);
  if (rowId === undefined)
    return { kind: 'missing', reason: "encryption context 'id' cannot be built: the item has no text id" };
  const id = dataType === 'credential' ? rowId : (rowId.split('-', 1)[0] ?? '');
  const context = { id };
  return {
    kind: 'contexts',
    contexts: [{ source: context, destination: context }],
    readerContexts: [context],
  };
}
