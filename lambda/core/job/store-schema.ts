import * as z from 'zod/mini';
import type { FormatDefinition, FormatRegistry } from '../model/format.ts';
import { STORES, storeTypeOf } from '../stores/registry.ts';
import { STORE_SCHEMAS } from '../stores/schemas.ts';
import type { StoreKind } from '../stores/store.ts';
import { described } from '../schema/described.ts';

/** The schema of one store, of every kind, with the formats that read its kind of records. */
export function storeSchema(formats: FormatRegistry) {
  const kinds: readonly StoreKind[] = Object.values(STORES);
  const [first, ...others] = kinds.map(kind => STORE_SCHEMAS[storeTypeOf(kind)](formatOf(kind, formats)));
  if (first === undefined) throw new Error('there is no kind of store: check the registry');
  const types = kinds.map(({ type }) => `"type": "${type}"`).join(' or ');
  return z.discriminatedUnion('type', [first as Typed, ...(others as Typed[])], {
    error: `is no store; write ${types}`,
  });
}

/** Each schema has its kind's name as `type`. */
type Typed = z.ZodMiniObject<{ type: z.ZodMiniLiteral<string> }>;

function formatOf({ type, records }: StoreKind, formats: FormatRegistry) {
  const definitions: readonly FormatDefinition[] = [...formats.values()].filter(format =>
    format.records.includes(records),
  );
  const [first, ...others] = definitions.map(({ configSchema }) => configSchema);
  if (first === undefined) throw new Error(`no format reads the records of ${type}: check the registry`);
  const names = definitions.map(({ name }) => `"${name}"`).join(' or ');
  return described(
    z.discriminatedUnion('type', [first, ...others], {
      error: `is no format of this kind of store; write "type": ${names}`,
    }),
    'How data keys lie in a record.',
  );
}
