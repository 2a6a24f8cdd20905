import type { ItemRecord } from '../../core/model/record.ts';
import { isNothing } from '../../core/places/is-nothing.ts';
import { heldAt } from '../../core/places/held-at.ts';
import { buildContexts, type Contexts } from '../context-template.ts';
import { contextValue, type ContextPlace } from '../patterns/context-value.ts';
import type { Spotted } from '../spot.ts';
import { valueEncoding } from '../value-encoding.ts';
import type { CredstashConfig } from './config.ts';
import { fits } from './name-pattern.ts';

export const DATA_KEY = ['key'] as const;
const CONTENTS = ['contents'] as const;
const NAME = ['name'] as const;
const ENCODING = valueEncoding('base64');

/** The data key of one version of a secret. */
export function credstashSpots(item: ItemRecord, config: CredstashConfig): readonly Spotted[] {
  const value = heldAt(item, DATA_KEY);
  if (value === undefined || isNothing(value)) return withoutKey(item);
  const resolve = (place: ContextPlace): ReturnType<typeof contextValue> => contextValue(item, place, []);
  return [
    {
      kind: 'spot',
      ...{ path: DATA_KEY, value, encoding: ENCODING, beside: [] },
      contexts: buildContexts(contextsOf(item, config), { now: resolve, then: resolve }),
    },
  ];
}

/** What holds no contents is no secret. */
function withoutKey(item: ItemRecord): readonly Spotted[] {
  if (heldAt(item, CONTENTS) === undefined) return [];
  return [{ kind: 'unreadable', path: DATA_KEY, reason: 'the secret has contents, but no key' }];
}

function contextsOf(
  item: ItemRecord,
  { contexts, encryptionContext }: CredstashConfig,
): Contexts<ContextPlace> {
  const name = heldAt(item, NAME);
  const named = name !== undefined && 'S' in name ? contexts.find(one => fits(name.S, one.name)) : undefined;
  return { encryptionContext: named?.encryptionContext ?? encryptionContext };
}
