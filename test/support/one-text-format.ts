import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import type { FormatDefinition } from '../../lambda/core/model/format.ts';
import { forEveryDestination } from './bound.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';

const config = z.object({ type: z.literal('one-text') });

/** All data keys of an item are in one JSON text, as is common for envelopes: `{"keys":{"a":"AQIC…","b":"AQIC…"}}`. */
export const oneText: FormatDefinition = {
  name: 'one-text',
  records: ['item'],
  configSchema: config,
  asymmetric: true,
  configure: () =>
    forEveryDestination({
      identity: 'envelope',
      keepsSource: false,
      needs: [],
      contextNames: { source: [], templates: 1 },
      declared: [['envelope']],
      problems: [],
      read: record =>
        Object.entries(keysOf(record)).map(([slot, text]) => ({
          kind: 'data-key',
          slot,
          ciphertext: Buffer.from(text, 'base64'),
          contexts: [{ source: {}, destination: {} }],
          readerContexts: [{}],
        })),
      replace: (record, replacements) => {
        const moved = replacements.map(({ slot, ciphertext }) => [
          slot,
          Buffer.from(ciphertext).toString('base64'),
        ]);
        const keys = { ...keysOf(record), ...(Object.fromEntries(moved) as Record<string, string>) };
        return [
          {
            path: ['envelope'],
            before: { S: textOf(record) },
            after: { S: JSON.stringify({ keys }) },
            role: 'data-key',
            slots: replacements.map(({ slot }) => slot),
          },
        ];
      },
    }),
};

function textOf(record: StoreRecord): string {
  if (record.kind !== 'item') throw new TypeError('items only');
  const { envelope } = record.attributes;
  return envelope !== undefined && 'S' in envelope ? envelope.S : '{"keys":{}}';
}

function keysOf(record: StoreRecord): Readonly<Record<string, string>> {
  return (JSON.parse(textOf(record)) as { readonly keys: Readonly<Record<string, string>> }).keys;
}
